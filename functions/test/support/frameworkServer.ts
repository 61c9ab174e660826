// Serves the function that FUNCTION_TARGET names, one of ours or of testFunctions.ts, by the framework that runs it in
// production, and sends its port to the parent.
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { createRateLimiter } from '../../src/http/rateLimit.ts';
import { memoryRateLimits } from './memory/limits.ts';

const functions = await import('../../src/index.ts');
const { services } = await import('../../src/app/services.ts');
const { testFunctions } = await import('./testFunctions.ts');

const name = process.env.FUNCTION_TARGET ?? '';
// There is no database here, and a sign-in is refused if it cannot be counted.
const parts = services();
const settings = { timeoutMs: 4000, strictTimeoutMs: 4000, cooldownMs: 5000 };
parts.rateLimiter = createRateLimiter(memoryRateLimits(), parts.clock, parts.log, settings);
const handlers = new Map(Object.entries({ ...functions, ...testFunctions }));
http(name, handlers.get(name) as Parameters<typeof http>[1]);
const server = getTestServer(name).listen(0, '127.0.0.1', () => process.send?.(server.address()));
