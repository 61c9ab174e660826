import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import { FUNCTIONS } from '../../src/app/functions.ts';
import { AppError } from '../../src/core/errors.ts';
import { REQUEST_DEADLINE_MS } from '../../src/http/pipeline.ts';
import { isStream } from '../../src/http/textStream.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { ALL, onEveryEndpoint, open } from '../support/everyEndpoint.ts';
import { functionOf } from '../support/functionOf.ts';
import { VALID } from '../support/requests.ts';

type Handle = ServedEndpoint['handle'];

describe('the table of valid requests', () => {
  it('has one for every endpoint', () => {
    assert.deepEqual(Object.keys(VALID).sort(), ALL.map(({ name }) => name).sort());
  });
});

const servedAlone = (definition: ServedEndpoint) =>
  FUNCTIONS[functionOf(definition) as keyof typeof FUNCTIONS].endpoints.length === 1;

describe('the answer of', () => {
  onEveryEndpoint((definition) => {
    const handledBy = (handle: Handle): ServedEndpoint => ({ ...definition, handle });
    const throwing = (error: unknown) =>
      handledBy(async () => {
        throw error;
      });

    it('a valid request is a declared success [ASVS 3.2.1, 3.4.1, 3.4.4, 3.4.5, 14.2.2, 14.3.2]', async () => {
      const { send } = await open(definition);
      const answer = await send();
      assertSuccess(definition, answer);
      assert.ok([200, 201, 204].includes(answer.status));
    });

    if (servedAlone(definition)) {
      it('a valid request to the root of its own URL is the same success', async () => {
        const { send } = await open(definition);
        assertSuccess(definition, await send({ path: '/' }));
      });
    }

    it('a success holds nothing that is not declared [ASVS 15.3.1]', async () => {
      const { send } = await open(definition);
      const leaking = handledBy(async (request, services) => {
        const reply = await definition.handle(request, services);
        if (reply.body === null) return reply;
        if (isStream(reply.body)) return { ...reply, body: leakingLines(reply.body) };
        const { items } = reply.body as { items?: unknown };
        if (isStream(items))
          return { ...reply, body: { ...(reply.body as object), items: leakingLines(items) } };
        const body = structuredClone(reply.body) as Record<string, unknown>;
        for (const value of Object.values(body)) {
          if (typeof value === 'object' && value) Object.assign(value, { inner: 's3cret' });
        }
        return { ...reply, body: { ...body, passwordHash: 's3cret', _internal: { x: 's3cret' } } };
      });
      const answer = await send({}, leaking);
      assertSuccess(definition, answer);
      assert.ok(!answer.text.includes('s3cret'));
    });

    it('an unexpected error is 500 and says nothing of it; the log says all [ASVS 16.5.1]', async () => {
      const { send, lines } = await open(definition);
      const error = new TypeError("s3cret: cannot read '/srv/app/key.pem'");
      const answer = await send({}, throwing(error));
      assertProblem(answer, 'internal');
      for (const inside of ['s3cret', 'TypeError', '/srv', '.ts', 'at ']) {
        assert.ok(!answer.text.includes(inside), inside);
        assert.ok(!JSON.stringify(answer.headers).includes(inside), inside);
      }
      const line = lines.find(({ event }) => event === 'internal_error');
      assert.equal(line?.severity, 'ERROR');
      assert.equal(line?.fields.reason, error.stack);
      assert.equal(line?.fields.requestId, answer.headers['X-Request-Id']);
    });

    it('something thrown that is no error is 500, too', async () => {
      const { send } = await open(definition);
      for (const thrown of ['s3cret', undefined, null, { code: 'email_taken', message: 's3cret' }]) {
        const answer = await send({}, throwing(thrown));
        assertProblem(answer, 'internal');
        assert.ok(!answer.text.includes('s3cret'));
      }
    });

    it('an answer that is not declared is 500, and does not leave', async () => {
      const { send } = await open(definition);
      const replies = [
        { status: 299, body: { text: 's3cret' } },
        { status: Number(Object.keys(definition.responses)[0]), body: { text: 's3cret' } },
      ];
      for (const reply of replies) {
        const answer = await send(
          {},
          handledBy(async () => reply),
        );
        assertProblem(answer, 'internal');
        assert.ok(!answer.text.includes('s3cret'));
      }
    });

    it('a database that is away is 503, and only the log says why', async () => {
      const { send, lines } = await open(definition);
      const cause = new Error('14 UNAVAILABLE: s3cret-host:443');
      const answer = await send({}, throwing(new AppError('unavailable', 'Please try again.', { cause })));
      assertProblem(answer, 'unavailable');
      assert.equal(answer.body.detail, 'Please try again.');
      assert.ok(!answer.text.includes('s3cret'));
      assert.ok(lines.some(({ fields }) => String(fields.reason).includes('s3cret-host')));
    });

    it('work that does not end is 503 before the function is cut off [ASVS 15.2.2]', async () => {
      const { send } = await open(definition);
      mock.timers.enable({ apis: ['setTimeout'] });
      try {
        let begun = () => {};
        const started = new Promise<void>((resolve) => {
          begun = resolve;
        });
        const endless = handledBy(() => {
          begun();
          return new Promise(() => {});
        });
        const answer = send({}, endless);
        await started;
        // The timer is set right after the handler has returned its promise.
        await new Promise(setImmediate);
        mock.timers.tick(REQUEST_DEADLINE_MS);
        assertProblem(await answer, 'unavailable');
      } finally {
        mock.timers.reset();
      }
    });

    it('every request is one log line with its outcome and its request id [ASVS 16.3.2]', async () => {
      const { send, lines } = await open(definition);
      lines.length = 0;
      const good = await send();
      const bad = await send({ path: '/api/elsewhere' });
      const logged = lines.filter(({ event }) => event === 'request');
      assert.deepEqual(
        logged.map(({ severity, fields }) => [severity, fields.endpoint, fields.status, fields.code]),
        [
          ['INFO', definition.name, good.status, undefined],
          ['INFO', definition.name, 404, 'not_found'],
        ],
      );
      assert.deepEqual(
        logged.map(({ fields }) => fields.requestId),
        [good.headers['X-Request-Id'], bad.headers['X-Request-Id']],
      );
    });
  });
});

async function* leakingLines(lines: AsyncIterable<unknown>) {
  for await (const line of lines) {
    const { data, ...rest } = line as { data?: object };
    yield { ...rest, ...(data && { data: { ...data, passwordHash: 's3cret' } }), _internal: 's3cret' };
  }
}
