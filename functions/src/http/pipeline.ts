import { type Audit, createAudit } from '../audit/audit.ts';
import { TUNING } from '../config.ts';
import { within } from '../deadline.ts';
import { Failure } from '../failures.ts';
import type { Log, Services } from '../ports.ts';
import { type Authenticated, authenticate } from './authenticate.ts';
import { callerNetwork, type Origin } from './callerIp.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { type AnyEndpoint, bodyLimitOf } from './endpoint.ts';
import { createFloodGuard } from './flood.ts';
import { type RawBody, readJson, validate } from './json.ts';
import { matchPath } from './path.ts';
import { asProblem, challenge, PROBLEM_STATUS, Problem, problemBody } from './problem.ts';
import { readQuery } from './query.ts';
import { rateLimitHeaders } from './rateLimit.ts';
import { startSpending } from './spending.ts';
import { isTextStream, started } from './textStream.ts';

/** A request as it came, free of any framework. */
export interface HttpRequest extends Origin {
  method: string;
  /** Without the query. */
  path: string;
  /** With or without its question mark. */
  query: string;
  header: (name: string) => string | undefined;
  body: RawBody;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  /** Empty for no body. What is read while it is sent ends early where it fails. */
  body: string | AsyncIterable<string>;
}

type Headers = Record<string, string>;

const SECURITY_HEADERS: Headers = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'",
};

/** Answers one request to the endpoints of one path: every rule that all endpoints share is here, in the order it applies. */
export async function serve(
  definitions: AnyEndpoint[],
  request: HttpRequest,
  services: Services,
): Promise<HttpResponse> {
  const definition = chosen(definitions, request);
  const startedAt = services.clock.now().getTime();
  const requestId = chosenRequestId(request.header('x-request-id'), services);
  const log: Log = (severity, event, fields) => services.log(severity, event, { ...fields, requestId });
  const headers: Headers = {
    ...SECURITY_HEADERS,
    ...corsHeaders(services.config.ALLOWED_ORIGINS, request.header('origin')),
    'X-Request-Id': requestId,
  };
  const userAgent = request.header('user-agent') ?? '';
  const audit = createAudit(services, { requestId, ip: request.ip, userAgent, log });
  const seen: Seen = { caller: null };
  const provenId = () => seen.caller?.userId ?? seen.sessionId;
  const flood = createFloodGuard(definition, request, services);

  let response: HttpResponse;
  let code: string | undefined;
  try {
    flood.enter();
    const answered = answer(definition, allowedMethods(definitions), request, services, {
      requestId,
      log,
      audit,
      headers,
      seen,
    });
    response = await within(TUNING.requestDeadlineMs, answered, tooLate);
  } catch (error) {
    const problem = flood.refuse(asProblem(error, log), provenId());
    code = problem.code;
    const status = PROBLEM_STATUS[problem.code];
    if (status === 401)
      headers['WWW-Authenticate'] = challenge(problem.code, request.header('authorization'));
    Object.assign(headers, problem.headers, { 'Content-Type': 'application/problem+json' });
    response = { status, headers, body: JSON.stringify(problemBody(problem, requestId)) };
  }
  if (request.method !== 'OPTIONS' && flood.mayLog(response.status, provenId())) {
    log('INFO', 'request', {
      endpoint: definition.name,
      method: request.method,
      status: response.status,
      code,
      userId: seen.caller?.userId,
      durationMs: services.clock.now().getTime() - startedAt,
    });
  }
  return response;
}

/** What a request has proven so far. */
interface Seen {
  caller: Authenticated | null;
  /** The session that the body of a public request proves. */
  sessionId?: string;
}

interface Exchange {
  requestId: string;
  log: Log;
  audit: Audit;
  /** Grows on the way, so that errors carry what was known by then. */
  headers: Headers;
  seen: Seen;
}

async function answer(
  definition: AnyEndpoint,
  allowed: string[],
  request: HttpRequest,
  services: Services,
  { requestId, log, audit, headers, seen }: Exchange,
): Promise<HttpResponse> {
  const params = pathParams(definition, request.path);
  if (request.method === 'OPTIONS') {
    if (headers['Access-Control-Allow-Origin']) Object.assign(headers, preflightHeaders(allowed));
    return { status: 204, headers: { ...headers, Allow: allowed.join(', ') }, body: '' };
  }
  if (!allowed.includes(request.method)) {
    throw new Problem('method_not_allowed', `This path answers ${allowed.join(', ')} only.`, {
      headers: { Allow: allowed.join(', ') },
    });
  }
  if (definition.access !== 'public') {
    seen.caller = await authenticate(request.header('authorization'), services);
  }
  const readBody = bodyReader(definition, request);
  await limit(definition, request, services, readBody, { audit, headers, seen });
  await refusePaused(definition, services);
  if (definition.access === 'admin' && seen.caller?.role !== 'admin') {
    await audit('forbidden', 'failure', { ...seen.caller, reason: definition.name });
    throw new Failure('forbidden', 'This is for admins.');
  }

  const body = readBody();
  const given = readQuery(request.query, Object.keys(definition.query?.shape ?? {}));
  const query = definition.query ? validate(definition.query, given) : given;
  const { header, ip, route } = request;
  const input = {
    body,
    params,
    query,
    caller: seen.caller,
    requestId,
    origin: { ip, route },
    log,
    audit,
    header,
  };
  const settle = await startSpending(
    {
      definition,
      method: request.method,
      userId: seen.caller?.userId,
      body,
      bodyBytes: typeof request.body === 'string' ? 0 : request.body.byteLength,
      exportId: services.ids(),
    },
    services.budgets,
  );
  const { reply, content: parsed } = await worked(definition, input, services).catch(async (error) => {
    await settle(null);
    throw error;
  });
  const content = await settle(parsed);
  if (isTextStream(content)) {
    const body = request.method === 'HEAD' ? '' : await started(content.text, log);
    Object.assign(headers, reply.headers, { 'Content-Type': content.contentType });
    return { status: reply.status, headers, body };
  }
  Object.assign(headers, reply.headers);
  if (content === null) return { status: reply.status, headers, body: '' };
  headers['Content-Type'] = 'application/json; charset=utf-8';
  return { status: reply.status, headers, body: JSON.stringify(content) };
}

/** No failure of ours, so no error in the log. */
async function refusePaused({ brake }: AnyEndpoint, { brakes }: Services): Promise<void> {
  if (!brake || !(await brakes.isPaused(brake))) return;
  const detail = `The operator has paused ${brake}. Nothing was stored; keep the request and send it again later.`;
  throw new Problem('unavailable', detail, {
    headers: { 'Retry-After': String(TUNING.brakes.retryAfterSeconds) },
  });
}

async function worked(definition: AnyEndpoint, input: object, services: Services) {
  const reply = await definition.handle(input as never, services);
  const schema = definition.responses[reply.status];
  if (!schema) throw new Error(`${definition.name} answered the undeclared status ${reply.status}`);
  return { reply, content: schema.parse(reply.body) };
}

/** Counts the request: by user or session, from wherever they call, where it proves one; else by address. */
async function limit(
  definition: AnyEndpoint,
  request: HttpRequest,
  services: Services,
  readBody: () => unknown,
  { audit, headers, seen }: Pick<Exchange, 'audit' | 'headers' | 'seen'>,
): Promise<void> {
  const { caller } = seen;
  const { name, counting, perMinute } = definition;
  const { RATE_LIMIT_PER_MINUTE, PUBLIC_RATE_LIMIT_PER_MINUTE } = services.config;
  const usual = caller ? RATE_LIMIT_PER_MINUTE : PUBLIC_RATE_LIMIT_PER_MINUTE;
  const { provenBy, several } = byBody(definition, services, readBody);
  if (provenBy) seen.sessionId = provenBy;
  const who = caller?.userId ?? provenBy ?? callerNetwork(request.ip);
  const most = Math.min(usual, perMinute ?? usual);
  // A proven session must not be refused because counting is slow.
  const howExactly = provenBy ? 'lenient' : counting;
  const state = await services.rateLimiter(`${name} ${who}`, most, howExactly, several);
  Object.assign(headers, rateLimitHeaders(state));
  if (state.allowed) return;
  // Once is enough to know; a document for each refusal would let anyone run up the bill.
  if (state.firstRefusal) await audit('limit_hit', 'failure', { ...caller, reason: name });
  throw new Problem('rate_limited', `Too many requests; try again in ${state.resetSeconds} s.`);
}

/** What the count needs to know of the body. What is wrong with it is told once the request is counted. */
function byBody({ provenBy, countsBy }: AnyEndpoint, { keys }: Services, readBody: () => unknown) {
  const usual = { provenBy: null, several: 1 };
  if (!provenBy && !countsBy) return usual;
  try {
    const body = readBody() as never;
    return { provenBy: provenBy?.(body, keys()) ?? null, several: countsBy ? weight(countsBy, body) : 1 };
  } catch {
    return usual;
  }
}

function weight(
  { list, entriesPerRequest }: NonNullable<AnyEndpoint['countsBy']>,
  body: Record<string, unknown[]>,
): number {
  return Math.max(1, Math.ceil((body[list]?.length ?? 0) / entriesPerRequest));
}

/** Gives the body, or throws what is wrong with it; reads it once, and only when it is asked for. */
function bodyReader(definition: AnyEndpoint, request: HttpRequest): () => unknown {
  const { request: schema } = definition;
  const read = () =>
    schema &&
    validate(schema, readJson(request.header('content-type'), request.body, bodyLimitOf(definition)));
  let known: { body: unknown } | { error: unknown } | undefined;
  return () => {
    try {
      known ??= { body: read() };
    } catch (error) {
      known = { error };
    }
    if ('error' in known) throw known.error;
    return known.body;
  };
}

function pathParams({ path, params }: AnyEndpoint, requested: string): unknown {
  const found = matchPath(path, requested);
  const checked = found && (params ? params.safeParse(found) : { success: true, data: found });
  if (!checked?.success) throw new Problem('not_found', 'There is nothing at this path.');
  return checked.data;
}

function allowedMethods(definitions: AnyEndpoint[]): string[] {
  return [...definitions.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS'];
}

/** The one that answers the method; where none does, the first will say so. */
function chosen(definitions: AnyEndpoint[], { method }: HttpRequest): AnyEndpoint {
  const wanted = method === 'HEAD' ? 'GET' : method;
  return definitions.find((definition) => definition.method === wanted) ?? (definitions[0] as AnyEndpoint);
}

function chosenRequestId(presented: string | undefined, { ids }: Services): string {
  return presented && /^[A-Za-z0-9_-]{8,128}$/.test(presented) ? presented : ids();
}

function tooLate(): never {
  throw new Failure('unavailable', 'This takes too long at the moment; please try again.');
}
