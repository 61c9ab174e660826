import assert from 'node:assert/strict';
import { assertHeaders, assertProblem, assertSuccess } from '../support/assertions.ts';
import { onEveryEndpoint, open, sharingPath } from '../support/everyEndpoint.ts';

const EXTENSION = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop';
const LOCAL = 'http://localhost:3000';
const STRANGERS = ['https://evil.example', 'null', '', '*', `${EXTENSION}/x`, 'https://localhost:3000'];
const CORS = /^Access-Control-/;

describe('the headers of', () => {
  onEveryEndpoint((definition) => {
    const corsOf = (headers: Record<string, string>) =>
      Object.keys(headers).filter((name) => CORS.test(name));

    it('a request id that fits is echoed, in the header and in errors', async () => {
      const { send } = await open(definition);
      for (const id of ['12345678', 'A-b_9'.repeat(25), 'x'.repeat(128)]) {
        const answer = await send({ headers: { 'X-Request-Id': id }, path: '/nothing' });
        assertProblem(answer, 'not_found');
        assert.equal(answer.headers['X-Request-Id'], id);
      }
      const answer = await send({ headers: { 'X-Request-Id': '12345678' } });
      assertSuccess(definition, answer);
      assert.equal(answer.headers['X-Request-Id'], '12345678');
    });

    it('a request id that does not fit is replaced by a new one', async () => {
      const { send } = await open(definition);
      const seen = new Set<string>();
      const ids = [undefined, '', '1234567', 'x'.repeat(129), 'with space', 'line\nbreak1', '12345678\n'];
      for (const id of [...ids, 'ünïcode_id', '"><script>', 'a.b.c.d.e.f']) {
        const answer = await send({ headers: { 'X-Request-Id': id }, path: '/nothing' });
        assertProblem(answer);
        assert.notEqual(answer.headers['X-Request-Id'], id);
        seen.add(answer.headers['X-Request-Id'] ?? '');
      }
      assert.equal(seen.size, 10);
    });

    it('an allowed origin may read the answer, be it a success or an error', async () => {
      for (const Origin of [EXTENSION, LOCAL]) {
        const { send } = await open(definition);
        const success = await send({ headers: { Origin } });
        const error = await send({ headers: { Origin }, method: 'PUT' });
        assertSuccess(definition, success);
        assertProblem(error, 'method_not_allowed');
        for (const { headers } of [success, error]) {
          assert.equal(headers['Access-Control-Allow-Origin'], Origin);
          assert.match(headers['Access-Control-Expose-Headers'] ?? '', /X-Request-Id/);
        }
      }
    });

    it('another origin, or none, gets no leave, and the same answer', async () => {
      for (const Origin of [undefined, ...STRANGERS]) {
        const { send } = await open(definition);
        const answer = await send({ headers: { Origin } });
        assertSuccess(definition, answer);
        assert.deepEqual(corsOf(answer.headers), []);
      }
    });

    it('a preflight of an allowed origin is told what it may send', async () => {
      const { send } = await open(definition);
      const headers = {
        Origin: EXTENSION,
        Authorization: undefined,
        'Content-Type': undefined,
        'Access-Control-Request-Method': definition.method,
        'Access-Control-Request-Headers': 'authorization,content-type',
      };
      const answer = await send({ method: 'OPTIONS', headers, body: undefined });
      assert.deepEqual([answer.status, answer.text], [204, '']);
      assert.equal(answer.headers['Access-Control-Allow-Origin'], EXTENSION);
      const methods = [definition, ...sharingPath(definition)].map(({ method }) => method);
      assert.equal(answer.headers['Access-Control-Allow-Methods'], methods.join(', '));
      const allowed = answer.headers['Access-Control-Allow-Headers']?.split(', ');
      const tracing = ['traceparent', 'tracestate', 'baggage'];
      for (const name of ['Authorization', 'Content-Type', 'Prefer', 'X-Request-Id', ...tracing]) {
        assert.ok(allowed?.includes(name), name);
      }
      assertHeaders(answer);
    });

    it('a preflight of another origin is told nothing', async () => {
      const { send } = await open(definition);
      for (const Origin of STRANGERS) {
        const answer = await send({ method: 'OPTIONS', headers: { Origin } });
        assert.equal(answer.status, 204);
        assert.deepEqual(corsOf(answer.headers), []);
        assertHeaders(answer);
      }
    });

    it('none has a line break in it, whatever the request had [ASVS 1.2.1]', async () => {
      const { send } = await open(definition);
      const evil = 'x\r\nSet-Cookie: a=b';
      const names = ['Origin', 'X-Request-Id', 'Prefer', 'User-Agent'];
      const answer = await send({ headers: Object.fromEntries(names.map((name) => [name, evil])) });
      for (const value of Object.values(answer.headers)) assert.match(value, /^[\x20-\x7e]*$/);
    });
  });
});
