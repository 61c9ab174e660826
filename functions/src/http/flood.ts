import type { Config } from '../config/parameters.ts';
import { networkOf } from '../core/ip.ts';
import type { AnyEndpoint } from './endpoint.ts';
import type { HttpRequest } from './exchange.ts';
import { PROBLEM_STATUS, Problem, type ProblemCode } from './problem.ts';
import { rateLimitHeaders } from './rateLimit.ts';
import type { Refusals } from './refusals.ts';

/** Responses to our own tokens. Their clients need them, whatever others in their network do. */
const ONLY_OUR_TOKENS = new Set<ProblemCode>(['token_expired', 'account_disabled']);

export interface FloodServices {
  refusals: Refusals;
  config: Pick<Config, 'PUBLIC_RATE_LIMIT_PER_MINUTE'>;
}

export interface FloodGuard {
  /** Rejects, before anything is read, a request of a blocked network that cannot prove a user. */
  enter(): void;
  /**
   * Counts a refusal of the user or session `provenId`, or of an unknown caller, and returns the problem to answer with.
   */
  refuse(problem: Problem, provenId: string | undefined): Problem;
  mayLog(status: number, provenId: string | undefined): boolean;
}

/** Keeps the refusals of a flood cheap (docs/adr/0032); a request that proves a user always passes. */
export function createFloodGuard(
  { access, sessionOf }: AnyEndpoint,
  { method, ip, header }: HttpRequest,
  { refusals, config }: FloodServices,
): FloodGuard {
  const network = networkOf(ip);
  const blockedSeconds = refusals.blockedSeconds(network);
  const carriesProof = () =>
    access === 'public' ? sessionOf !== undefined : /^bearer /i.test(header('authorization') ?? '');
  const isRefusal = (status: number) => status >= 400 && status < 500;
  const blocked = (resetSeconds: number) => {
    const limit = config.PUBLIC_RATE_LIMIT_PER_MINUTE;
    const state = { allowed: false, limit, remaining: 0, resetSeconds, firstRefusal: false };
    return new Problem(
      'rate_limited',
      `Too many requests from your network were refused. Try again in ${resetSeconds} s.`,
      { headers: rateLimitHeaders(state) },
    );
  };

  return {
    enter() {
      if (blockedSeconds === null || method === 'OPTIONS' || carriesProof()) return;
      throw blocked(blockedSeconds);
    },
    refuse(problem, provenId) {
      if (provenId !== undefined || !isRefusal(PROBLEM_STATUS[problem.code])) return problem;
      refusals.count(network);
      return blockedSeconds === null || ONLY_OUR_TOKENS.has(problem.code) ? problem : blocked(blockedSeconds);
    },
    mayLog: (status, provenId) => !isRefusal(status) || refusals.mayLog(provenId ?? network),
  };
}
