import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { https } from '../../src/firebase/https.ts';
import { endpoint } from '../../src/http/endpoint.ts';
import { jsonLines } from '../../src/http/textStream.ts';

const streaming = (name: string, lines: () => AsyncIterable<string>) =>
  https(
    endpoint({
      name,
      method: 'GET',
      path: '/api/test',
      summary: 'Answers with a stream',
      access: 'public',
      counting: 'local',
      maxParallel: 20,
      request: null,
      responses: { 200: jsonLines(z.string()) },
      failures: [],
      async handle() {
        return { status: 200 as const, body: lines() };
      },
    }),
  );

/** Streams that no endpoint of ours has: one without an end, and one that goes silent. */
export const streamingFunctions = {
  endless: streaming('endless', async function* () {
    for (;;) yield 'x'.repeat(100_000);
  }),
  silent: streaming('silent', async function* () {
    yield 'x';
    await sleep(3_600_000);
  }),
};
