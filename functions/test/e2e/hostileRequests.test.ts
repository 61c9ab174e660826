import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import * as endpoints from '../../src/app/endpoints.ts';
import { problemSchema } from '../../src/http/problem.ts';
import { type Answer, newUser, send } from '../support/api.ts';
import { suite } from '../support/suite.ts';

function assertProblem(answer: Answer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.body?.code], [status, code], answer.text);
  assert.equal(problemSchema.parse(answer.body).status, status);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
}

describe('hostile requests over HTTP', () => {
  const bases = { 'through Hosting': suite.hostingUrl, 'on its own URL': '' };
  for (const [way, base] of Object.entries(bases)) {
    const login = base ? `${base}/api/auth/login` : suite.functionsUrl('login');

    it(`${way}: malformed JSON is a problem of ours, not a page of the framework`, async () => {
      for (const body of ['{', '', 'nul', '{"a":1,}', '\u0000', new Uint8Array([0x22, 0xff, 0x22])]) {
        assertProblem(await send('POST', login, { body }), 400, 'malformed_json');
      }
    });

    it(`${way}: a scalar or an array for a body is refused`, async () => {
      for (const body of ['1', '"text"', 'null', '[]', 'true']) {
        assertProblem(await send('POST', login, { body }), 400, 'invalid_request');
      }
    });

    it(`${way}: other media types and encodings are refused`, async () => {
      const types = ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1'];
      for (const type of types) {
        const answer = await send('POST', login, { body: '{}', headers: { 'Content-Type': type } });
        assertProblem(answer, 415, 'unsupported_media_type');
      }
      const headers = { 'Content-Encoding': 'gzip' };
      const zipped = await send('POST', login, { body: new Uint8Array(gzipSync('{}')), headers });
      assertProblem(zipped, 415, 'unsupported_media_type');
    });

    it(`${way}: a body of 64 KiB + 1 and one of 2 MB are too large`, async () => {
      for (const size of [64 * 1024 + 1, 2_000_000]) {
        const answer = await send('POST', login, { body: JSON.stringify('x'.repeat(size - 2)) });
        assertProblem(answer, 413, 'payload_too_large');
      }
    });
  }

  it('an unknown path under /api is a 404 of Hosting, which starts no function', async () => {
    const answer = await send('GET', '/api/nothing/here');
    assert.deepEqual([answer.status, answer.headers.get('X-Request-Id')], [404, null]);
    assert.match(answer.text, /There is no such page/);
  });

  it('a path of another function is a problem', async () => {
    assertProblem(await send('GET', `${suite.functionsUrl('health')}/api/auth/login`), 404, 'not_found');
  });

  it('HEAD of health has the status and no body', async () => {
    const answer = await send('HEAD', '/api/health');
    assert.deepEqual([answer.status, answer.text], [200, '']);
  });

  it('any JSON whatever gets an answer below 500', async function () {
    this.timeout(60_000);
    const { capture } = await newUser();
    const paths = Object.values(endpoints).filter(({ method }) => method === 'POST');
    const property = fc.asyncProperty(fc.constantFrom(...paths), fc.jsonValue(), async ({ path }, body) => {
      const answer = path.endsWith('capture')
        ? await capture(Object(body))
        : await send('POST', path, { body });
      assert.ok(answer.status < 500, answer.text);
      if (answer.status >= 400) problemSchema.parse(answer.body);
    });
    await fc.assert(property, { numRuns: 100 });
  });
});
