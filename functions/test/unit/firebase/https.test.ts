import assert from 'node:assert/strict';
import { create } from 'node:domain';
import { z } from 'zod';
import { https } from '../../../src/firebase/https.ts';
import { endpoint } from '../../../src/http/endpoint.ts';

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
      counting: 'local',
      request: null,
      responses: { 200: z.object({}) },
      failures: [],
      async handle() {
        within();
        return { status: 200, body: {} };
      },
    });
    const handler = https(definition) as unknown as (request: object, response: object) => Promise<void>;
    const request = { method: 'GET', path: '/', url: '/', headers: {}, socket: {}, get() {} };
    const response = { on() {}, status: () => response, set: () => response, send() {} };
    await create().run(() => {
      within();
      return handler(request, response);
    });
    assert.ok(seen[0]);
    assert.deepEqual(seen.slice(1), [null]);
  });
});
