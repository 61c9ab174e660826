// The function that FUNCTION_TARGET names, one of ours or of streamingFunctions.ts, behind the framework that runs it in
// production. Tells its port. TEST_TUNING, as JSON, is laid over TUNING, so that a test need not wait for the real deadlines.
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { TUNING } from '../../src/config.ts';
import { createRateLimiter } from '../../src/http/rateLimit.ts';
import { memoryRateLimits } from './memory/limits.ts';

Object.assign(TUNING, JSON.parse(process.env.TEST_TUNING ?? '{}'));
const functions = await import('../../src/index.ts');
const { services } = await import('../../src/services.ts');
const { streamingFunctions } = await import('./streamingFunctions.ts');

const name = process.env.FUNCTION_TARGET ?? '';
// There is no database here, and a sign-in is refused if it cannot be counted.
const parts = services();
const settings = { timeoutMs: 4000, strictTimeoutMs: 4000, cooldownMs: 5000 };
parts.rateLimiter = createRateLimiter(memoryRateLimits(), parts.clock, parts.log, settings);
const handlers = new Map(Object.entries({ ...functions, ...streamingFunctions }));
http(name, handlers.get(name) as Parameters<typeof http>[1]);
const server = getTestServer(name).listen(0, '127.0.0.1', () => process.send?.(server.address()));
