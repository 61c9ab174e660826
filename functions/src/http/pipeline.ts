import { type AuditServices, createAudit } from '../audit/audit.ts';
import type { Brakes } from '../brakes/brakes.ts';
import type { Budgets } from '../budgets/budgets.ts';
import type { Config } from '../config/parameters.ts';
import { AppError } from '../core/errors.ts';
import type { Log } from '../core/runtime.ts';
import { withTimeout } from '../core/timeout.ts';
import { bodyOf } from './body.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { type CountingServices, countEntries, countRequest } from './countRequest.ts';
import type { AnyEndpoint } from './endpoint.ts';
import type { Exchange, HttpRequest } from './exchange.ts';
import { createFloodGuard, type FloodServices } from './flood.ts';
import { takeSlot } from './inFlight.ts';
import { validate } from './json.ts';
import { permitFor } from './permits.ts';
import type { Principal } from './principal.ts';
import { asProblem, challenge, PROBLEM_STATUS, Problem, problemBody } from './problem.ts';
import { readQuery } from './query.ts';
import { type Route, route } from './router.ts';
import { startSpending } from './spending.ts';
import {
  isTextStream,
  STREAM_TIMEOUTS,
  type StreamPieces,
  type StreamTimeouts,
  startStream,
} from './textStream.ts';

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  /** Empty for no body. A stream breaks off if its source fails. */
  body: string | StreamPieces;
}

/** The services that every endpoint needs. */
export type PipelineServices = AuditServices &
  CountingServices &
  FloodServices & {
    config: Pick<Config, 'ALLOWED_ORIGINS'>;
    log: Log;
    brakes: Brakes;
    budgets: Budgets;
    /** Returns the principal of an Authorization header, or fails with the reason. */
    authenticate: (authorization: string | undefined) => Promise<Principal>;
  };

/** After this long a request is answered with 503. It is shorter than the timeout of the functions. */
export const REQUEST_DEADLINE_MS = 25_000;
/** Clients of something that is paused ask again after this. */
const PAUSED_RETRY_AFTER_SECONDS = 60;

const SECURITY_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'",
};

/** Answers a request to one of the endpoints of a function. */
export async function serve<Services extends PipelineServices>(
  endpoints: AnyEndpoint<Services>[],
  request: HttpRequest,
  services: Services,
  timeouts: StreamTimeouts = STREAM_TIMEOUTS,
): Promise<HttpResponse> {
  const { config, clock } = services;
  const startedAt = clock.now().getTime();
  const found = route(endpoints, request);
  const requestId = requestIdOf(request) ?? services.ids();
  const log: Log = (severity, event, fields) => services.log(severity, event, { ...fields, requestId });
  const userAgent = request.header('user-agent') ?? '';
  const exchange: Exchange = {
    definition: found.definition,
    request,
    requestId,
    log,
    audit: createAudit(services, { requestId, ip: request.ip, userAgent, log }),
    headers: {
      ...SECURITY_HEADERS,
      ...corsHeaders(config.ALLOWED_ORIGINS, request.header('origin')),
      'X-Request-Id': requestId,
    },
    principal: null,
    sessionId: null,
    freeSlot: () => {},
  };
  const provenId = () => exchange.principal?.userId ?? exchange.sessionId ?? undefined;
  const flood = createFloodGuard(found.definition, request, services);

  let response: HttpResponse;
  let code: string | undefined;
  try {
    flood.enter();
    response = await answerInTime(exchange, found, services, timeouts);
  } catch (error) {
    const problem = flood.refuse(asProblem(error, log), provenId());
    code = problem.code;
    response = toResponse(problem, exchange);
  }
  if (request.method !== 'OPTIONS' && flood.mayLog(response.status, provenId())) {
    log('INFO', 'request', {
      endpoint: found.definition.name,
      method: request.method,
      status: response.status,
      code,
      userId: exchange.principal?.userId,
      durationMs: clock.now().getTime() - startedAt,
    });
  }
  return response;
}

async function answerInTime(
  exchange: Exchange,
  found: Route,
  services: PipelineServices,
  timeouts: StreamTimeouts,
): Promise<HttpResponse> {
  const answered = answer(exchange, found, services, timeouts);
  return await withTimeout(REQUEST_DEADLINE_MS, answered, () => {
    // The work may go on, but the platform counts the request no longer.
    exchange.freeSlot();
    // A stream that starts after this has no reader.
    void answered.then(discard).catch(() => {});
    throw new AppError('unavailable', 'The request took too long. Try again.');
  });
}

function toResponse(problem: Problem, { headers, request, requestId }: Exchange): HttpResponse {
  const status = PROBLEM_STATUS[problem.code];
  if (status === 401) headers['WWW-Authenticate'] = challenge(problem.code, request.header('authorization'));
  Object.assign(headers, problem.headers, { 'Content-Type': 'application/problem+json' });
  return { status, headers, body: JSON.stringify(problemBody(problem, requestId)) };
}

/** The steps of a request, in the order in which their errors take precedence. */
async function answer(
  exchange: Exchange,
  { definition, allowed, params }: Route,
  services: PipelineServices,
  { pieceMs }: StreamTimeouts,
): Promise<HttpResponse> {
  const { request, headers } = exchange;
  if (params === null) throw new Problem('not_found', 'There is no such path.');
  if (request.method === 'OPTIONS') {
    if (headers['Access-Control-Allow-Origin']) Object.assign(headers, preflightHeaders(allowed));
    return { status: 204, headers: { ...headers, Allow: allowed.join(', ') }, body: '' };
  }
  if (!allowed.includes(request.method)) {
    throw new Problem('method_not_allowed', `This path supports only ${allowed.join(', ')}.`, {
      headers: { Allow: allowed.join(', ') },
    });
  }
  exchange.freeSlot = takeSlot(definition);
  let isStreaming = false;
  try {
    if (definition.access !== 'public') {
      exchange.principal = await services.authenticate(request.header('authorization'));
    }
    const body = bodyOf(definition, request);
    const count = await countRequest(exchange, body, services);
    await refusePaused(definition, services);
    await refuseNonAdmin(exchange);
    const given = readQuery(request.query, Object.keys(definition.query?.shape ?? {}));
    const query = definition.query ? validate(definition.query, given) : given;
    // A request waits for its permit only after its body has arrived, so that a slow body holds none.
    const bytes = await body.bytes();
    const releasePermit = await permitFor(definition);
    const release = () => {
      releasePermit();
      exchange.freeSlot();
    };
    try {
      const value = await body.value();
      await countEntries(definition, value, count);
      const settle = await startSpending(
        {
          definition,
          method: request.method,
          userId: exchange.principal?.userId,
          body: value,
          bodyBytes: bytes?.byteLength ?? 0,
          exportId: services.ids(),
        },
        services.budgets,
      );
      const { reply, content } = await handle(exchange, { params, query, body: value }, services).catch(
        async (error) => {
          await settle(null);
          throw error;
        },
      );
      const response = await send(exchange, reply, await settle(content), pieceMs, release);
      isStreaming = typeof response.body !== 'string';
      return response;
    } finally {
      if (!isStreaming) releasePermit();
    }
  } finally {
    if (!isStreaming) exchange.freeSlot();
  }
}

/** A pause is not an error of the service, so nothing is logged as one. */
async function refusePaused({ brake }: AnyEndpoint, { brakes }: PipelineServices): Promise<void> {
  if (!brake || !(await brakes.isPaused(brake))) return;
  const detail = `The operator has paused ${brake}. Nothing was stored. Keep the request and send it again later.`;
  throw new Problem('unavailable', detail, {
    headers: { 'Retry-After': String(PAUSED_RETRY_AFTER_SECONDS) },
  });
}

async function refuseNonAdmin({ definition, principal, audit }: Exchange): Promise<void> {
  if (definition.access !== 'admin' || principal?.role === 'admin') return;
  await audit('forbidden', 'failure', { ...principal, reason: definition.name });
  throw new AppError('forbidden', 'Only admins may use this endpoint.');
}

interface Input {
  params: unknown;
  query: unknown;
  body: unknown;
}

interface Reply {
  status: number;
  headers?: Record<string, string>;
}

async function handle(
  { definition, request, requestId, principal, log, audit }: Exchange,
  input: Input,
  services: PipelineServices,
): Promise<{ reply: Reply; content: unknown }> {
  const { header, ip, route } = request;
  const full = { ...input, caller: principal, requestId, origin: { ip, route }, log, audit, header };
  const reply = await definition.handle(full as never, services as never);
  const schema = definition.responses[reply.status];
  if (!schema) throw new Error(`${definition.name} answered the undeclared status ${reply.status}`);
  return { reply, content: schema.parse(reply.body) };
}

/** Calls `release` when a stream has ended. */
async function send(
  { request, headers, log }: Exchange,
  { status, headers: own }: Reply,
  content: unknown,
  pieceMs: number,
  release: () => void,
): Promise<HttpResponse> {
  if (isTextStream(content)) {
    const isHead = request.method === 'HEAD';
    const body = isHead ? '' : await startStream(content.text, log, pieceMs, release);
    Object.assign(headers, own, { 'Content-Type': content.contentType });
    return { status, headers, body };
  }
  Object.assign(headers, own);
  if (content === null) return { status, headers, body: '' };
  headers['Content-Type'] = 'application/json; charset=utf-8';
  return { status, headers, body: JSON.stringify(content) };
}

function requestIdOf({ header }: HttpRequest): string | undefined {
  const presented = header('x-request-id');
  return presented && /^[A-Za-z0-9_-]{8,128}$/.test(presented) ? presented : undefined;
}

async function discard({ body }: HttpResponse): Promise<void> {
  if (typeof body !== 'string') await body.return();
}
