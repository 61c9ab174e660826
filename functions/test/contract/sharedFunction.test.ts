import assert from 'node:assert/strict';
import { FUNCTIONS } from '../../src/app/functions.ts';
import { serve } from '../../src/http/pipeline.ts';
import { assertProblem } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { memoryServices } from '../support/memory/services.ts';
import { bearer } from '../support/requests.ts';
import { sampleBody } from '../support/samples.ts';

const { endpoints, concurrency } = FUNCTIONS.bulk;
const PATH = '/api/tweets/batch';

describe('a function that serves several endpoints', () => {
  /** Starts requests whose bodies arrive when `arrive` is called. */
  const startUploads = (count: number, services: Parameters<typeof call>[1], authorization: string) => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<Uint8Array>();
    const headers = new Map([
      ['authorization', authorization],
      ['content-type', 'application/json'],
    ]);
    const uploads = Array.from({ length: count }, () =>
      serve(
        endpoints,
        {
          method: 'POST',
          path: PATH,
          query: '',
          header: (name) => headers.get(name),
          ip: '192.0.2.1',
          route: 'unknown 192.0.2.1',
          readBody: async () => await arrived,
        },
        services,
      ),
    );
    return { uploads, arrive };
  };

  it('refuses further requests to an endpoint that holds half of an instance, and serves the others', async () => {
    const { services } = memoryServices();
    const { Authorization } = await bearer(services);
    const headers = { Authorization };
    const { uploads, arrive } = startUploads(concurrency / 2, services, Authorization);
    await new Promise((resolve) => setImmediate(resolve));

    const body = { tweets: [sampleBody()] };
    const refused = await call(endpoints, services, { method: 'POST', path: PATH, headers, body });
    assertProblem(refused, 'unavailable');
    assert.equal(refused.headers['Retry-After'], '5');
    const served = await call(endpoints, services, { method: 'GET', path: '/api/tweets/export', headers });
    assert.equal(served.status, 200, served.text);

    arrive(new TextEncoder().encode(JSON.stringify(body)));
    const answers = await Promise.all(uploads);
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(concurrency / 2).fill(200),
    );
    const again = await call(endpoints, services, { method: 'POST', path: PATH, headers, body });
    assert.equal(again.status, 200, again.text);
  });
});
