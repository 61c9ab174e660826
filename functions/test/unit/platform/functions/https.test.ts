import assert from 'node:assert/strict';
import { create } from 'node:domain';
import { z } from 'zod';
import { services } from '../../../../src/app/services.ts';
import { endpoint } from '../../../../src/http/endpoint.ts';
import { https } from '../../../../src/platform/functions/https.ts';

describe('a function of ours', () => {
  it('is out of the domain that the framework runs it in', async () => {
    const seen: unknown[] = [];
    const within = () => seen.push((process as { domain?: unknown }).domain ?? null);
    const definition = endpoint({
      name: 'ping',
      method: 'GET',
      path: '/api/ping',
      summary: 'Answers',
      access: 'public',
      rateLimitMode: 'local',
      request: null,
      responses: { 200: z.object({}) },
      errors: [],
      async handle() {
        within();
        return { status: 200, body: {} };
      },
    });
    const handler = https(
      definition.name,
      { memory: '256MiB', concurrency: 80, timeoutSeconds: 30, endpoints: [definition] },
      services,
    ) as unknown as (request: object, response: object) => Promise<void>;
    const request = { method: 'GET', path: '/', url: '/', headers: {}, socket: {}, complete: true, get() {} };
    const response = { on() {}, writeHead() {}, end() {} };
    await create().run(() => {
      within();
      return handler(request, response);
    });
    assert.ok(seen[0]);
    assert.deepEqual(seen.slice(1), [null]);
  });

  it('reads everything after the first question mark as the query', async () => {
    const definition = endpoint({
      name: 'ping',
      method: 'GET',
      path: '/api/ping',
      summary: 'Answers',
      access: 'public',
      rateLimitMode: 'local',
      query: z.object({ a: z.string().optional(), b: z.string().optional() }),
      request: null,
      responses: { 200: z.object({ a: z.string().optional(), b: z.string().optional() }) },
      errors: [],
      handle: async ({ query }) => ({ status: 200, body: query }),
    });
    const handler = https(
      definition.name,
      { memory: '256MiB', concurrency: 80, timeoutSeconds: 30, endpoints: [definition] },
      services,
    ) as unknown as (request: object, response: object) => Promise<void>;
    const answers: unknown[] = [];
    const response = { on() {}, writeHead() {}, end: (text: string) => answers.push(JSON.parse(text)) };
    for (const url of ['/?a=1&b=2', '/?a=1?b=2', '/?a=1??b=2?', '/?', '/']) {
      await handler(
        { method: 'GET', path: '/', url, headers: {}, socket: {}, complete: true, get() {} },
        response,
      );
    }
    assert.deepEqual(answers, [{ a: '1', b: '2' }, { a: '1?b=2' }, { a: '1??b=2?' }, {}, {}]);
  });
});
