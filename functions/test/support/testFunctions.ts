import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import { services } from '../../src/app/services.ts';
import { endpoint } from '../../src/http/endpoint.ts';
import { jsonLines } from '../../src/http/textStream.ts';
import { https } from '../../src/platform/functions/https.ts';

const serve = (definition: ServedEndpoint) =>
  https(
    definition.name,
    { memory: '256MiB', concurrency: 80, timeoutSeconds: 30, endpoints: [definition] },
    services,
    { pieceMs: 1000, readerMs: Number(process.env.TEST_READER_MS ?? 2000) },
  );

const streaming = (name: string, lines: () => AsyncIterable<string>) =>
  serve(
    endpoint({
      name,
      method: 'GET',
      path: '/api/test',
      summary: 'Streams lines',
      access: 'public',
      rateLimitMode: 'local',
      maxParallel: 20,
      request: null,
      responses: { 200: jsonLines(z.string()) },
      errors: [],
      async handle() {
        return { status: 200 as const, body: lines() };
      },
    }),
  );

/** Functions that behave as none of ours does, with short timeouts. */
export const testFunctions = {
  endless: streaming('endless', async function* () {
    for (;;) yield 'x'.repeat(100_000);
  }),
  silent: streaming('silent', async function* () {
    yield 'x';
    await sleep(3_600_000);
  }),
  echo: serve(
    endpoint({
      name: 'echo',
      method: 'POST',
      path: '/api/test',
      summary: 'Takes a body that arrives within 1.5 s',
      access: 'public',
      rateLimitMode: 'local',
      body: { limitBytes: 64 * 1024, deadlineMs: 1500 },
      request: z.object({ email: z.string(), password: z.string() }),
      responses: { 204: z.null() },
      errors: [],
      handle: async () => ({ status: 204 as const, body: null }),
    }),
  ),
};
