import type { Config } from '../config/parameters.ts';
import { networkOf } from '../core/ip.ts';
import type { Body } from './body.ts';
import type { AnyEndpoint, ReadRefreshToken } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { Problem } from './problem.ts';
import { type RateLimiter, rateLimitHeaders } from './rateLimit.ts';

export interface CountingServices {
  config: Pick<Config, 'RATE_LIMIT_PER_MINUTE' | 'PUBLIC_RATE_LIMIT_PER_MINUTE'>;
  rateLimiter: RateLimiter;
  readRefreshToken: ReadRefreshToken;
}

type Count = (cost: number) => Promise<void>;

/**
 * Counts the request as one, by user, by the session that its body proves, or by network. Returns a function that counts
 * more for the same key. Both fail with `rate_limited`.
 */
export async function countRequest(
  exchange: Exchange,
  body: Body,
  { config, rateLimiter, readRefreshToken }: CountingServices,
): Promise<Count> {
  const { definition, request, principal, headers, audit } = exchange;
  const { name, rateLimitMode, perMinute } = definition;
  exchange.sessionId = await sessionOf(definition, body, readRefreshToken);
  const { sessionId } = exchange;
  const key = `${name} ${principal?.userId ?? sessionId ?? networkOf(request.ip)}`;
  const usual = principal ? config.RATE_LIMIT_PER_MINUTE : config.PUBLIC_RATE_LIMIT_PER_MINUTE;
  const limit = Math.min(usual, perMinute ?? usual);
  // A proven session must not be refused because counting is slow.
  const mode = sessionId ? 'lenient' : rateLimitMode;
  const count: Count = async (cost) => {
    const state = await rateLimiter(key, limit, mode, cost);
    Object.assign(headers, rateLimitHeaders(state));
    if (state.allowed) return;
    // One document per minute is enough; one per refusal would let anyone run up the bill.
    if (state.firstRefusal) await audit('limit_hit', 'failure', { ...principal, reason: name });
    throw new Problem('rate_limited', `Too many requests. Try again in ${state.resetSeconds} s.`);
  };
  await count(1);
  // A request never costs more than one minute allows, so that it can pass in a fresh minute.
  return async (cost) => {
    const rest = Math.min(cost, limit - 1);
    if (rest > 0) await count(rest);
  };
}

/** Counts the entries of a body beyond those that the request itself has paid for. */
export async function countEntries(
  { rateLimitCost }: AnyEndpoint,
  body: unknown,
  count: Count,
): Promise<void> {
  if (!rateLimitCost) return;
  const entries = (body as Record<string, unknown[]>)[rateLimitCost.list]?.length ?? 0;
  await count(Math.ceil(entries / rateLimitCost.entriesPerRequest) - 1);
}

/** An invalid body proves no session; it is refused after the request is counted. */
async function sessionOf(
  { sessionOf }: AnyEndpoint,
  body: Body,
  read: ReadRefreshToken,
): Promise<string | null> {
  if (!sessionOf) return null;
  return await body.value().then(
    (value) => sessionOf(value as never, read),
    () => null,
  );
}
