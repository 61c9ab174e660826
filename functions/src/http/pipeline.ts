import type { z } from 'zod';
import { type Audit, createAudit } from '../audit/audit.ts';
import { TUNING } from '../config.ts';
import { within } from '../deadline.ts';
import { Failure } from '../failures.ts';
import type { Log, Services } from '../ports.ts';
import { type Authenticated, authenticate } from './authenticate.ts';
import { callerNetwork, type Origin } from './callerIp.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { type AnyEndpoint, bodyBoundsOf } from './endpoint.ts';
import { createFloodGuard } from './flood.ts';
import { type BodyBounds, parseJson, type RawBody, readJsonBytes, validate } from './json.ts';
import { matchPath } from './path.ts';
import { permitFor } from './permits.ts';
import { asProblem, challenge, PROBLEM_STATUS, Problem, problemBody } from './problem.ts';
import { readQuery } from './query.ts';
import { rateLimitHeaders } from './rateLimit.ts';
import { startSpending } from './spending.ts';
import { isTextStream, type Pieces, started } from './textStream.ts';

/** A request as it came, free of any framework. */
export interface HttpRequest extends Origin {
  method: string;
  /** Without the query. */
  path: string;
  /** With or without its question mark. */
  query: string;
  header: (name: string) => string | undefined;
  /** Called at most once; until then nothing of the body is read. */
  readBody: (bounds: BodyBounds) => Promise<RawBody>;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  /** Empty for no body. What is read while it is sent ends early where it fails. */
  body: string | Pieces;
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
    response = await within(TUNING.requestDeadlineMs, answered, () => {
      // A stream that begins after this has no reader.
      void answered.then(abandon).catch(() => {});
      throw new Failure('unavailable', 'This takes too long at the moment; please try again.');
    });
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
  const body = bodyOf(definition, request);
  const count = await limit(definition, request, services, body, { audit, headers, seen });
  await refusePaused(definition, services);
  if (definition.access === 'admin' && seen.caller?.role !== 'admin') {
    await audit('forbidden', 'failure', { ...seen.caller, reason: definition.name });
    throw new Failure('forbidden', 'This is for admins.');
  }

  const given = readQuery(request.query, Object.keys(definition.query?.shape ?? {}));
  const query = definition.query ? validate(definition.query, given) : given;
  // A slow body holds no permit.
  const bytes = await body.bytes();
  const release = await permitFor(definition);
  let isStreaming = false;
  try {
    const value = await body.value();
    await countRest(definition, value, count);
    const { header, ip, route } = request;
    const input = {
      body: value,
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
        body: value,
        bodyBytes: bytes?.byteLength ?? 0,
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
      const isHead = request.method === 'HEAD';
      const body = isHead ? '' : await started(content.text, log, TUNING.stream.pieceWithinMs, release);
      isStreaming = !isHead;
      Object.assign(headers, reply.headers, { 'Content-Type': content.contentType });
      return { status: reply.status, headers, body };
    }
    Object.assign(headers, reply.headers);
    if (content === null) return { status: reply.status, headers, body: '' };
    headers['Content-Type'] = 'application/json; charset=utf-8';
    return { status: reply.status, headers, body: JSON.stringify(content) };
  } finally {
    if (!isStreaming) release();
  }
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

type Count = (several: number) => Promise<void>;

/**
 * Counts the request as one: by user or session, from wherever they call, where it proves one; else by address. Answers
 * how to count more for the same.
 */
async function limit(
  definition: AnyEndpoint,
  request: HttpRequest,
  services: Services,
  body: Body,
  { audit, headers, seen }: Pick<Exchange, 'audit' | 'headers' | 'seen'>,
): Promise<Count> {
  const { caller } = seen;
  const { name, counting, perMinute } = definition;
  const { RATE_LIMIT_PER_MINUTE, PUBLIC_RATE_LIMIT_PER_MINUTE } = services.config;
  const usual = caller ? RATE_LIMIT_PER_MINUTE : PUBLIC_RATE_LIMIT_PER_MINUTE;
  const sessionId = await provenBy(definition, services, body);
  if (sessionId) seen.sessionId = sessionId;
  const who = caller?.userId ?? sessionId ?? callerNetwork(request.ip);
  const most = Math.min(usual, perMinute ?? usual);
  // A proven session must not be refused because counting is slow.
  const howExactly = sessionId ? 'lenient' : counting;
  const count: Count = async (several) => {
    const state = await services.rateLimiter(`${name} ${who}`, most, howExactly, several);
    Object.assign(headers, rateLimitHeaders(state));
    if (state.allowed) return;
    // Once is enough to know; a document for each refusal would let anyone run up the bill.
    if (state.firstRefusal) await audit('limit_hit', 'failure', { ...caller, reason: name });
    throw new Problem('rate_limited', `Too many requests; try again in ${state.resetSeconds} s.`);
  };
  await count(1);
  // One that may pass alone in a fresh minute passes there as a whole, however much it is.
  return async (several) => {
    const rest = Math.min(several, most - 1);
    if (rest > 0) await count(rest);
  };
}

/** Whom the body proves to come from. What is wrong with it is told once the request is counted. */
async function provenBy({ provenBy }: AnyEndpoint, { keys }: Services, body: Body): Promise<string | null> {
  if (!provenBy) return null;
  return await body.value().then(
    (value) => provenBy(value as never, keys()),
    () => null,
  );
}

/** Counts what a body holds beyond the first of its entries that count as one request. */
async function countRest({ countsBy }: AnyEndpoint, body: unknown, count: Count): Promise<void> {
  if (!countsBy) return;
  const entries = (body as Record<string, unknown[]>)[countsBy.list]?.length ?? 0;
  await count(Math.ceil(entries / countsBy.entriesPerRequest) - 1);
}

/** Refuses a list that is too long before each of its entries is looked at. */
function withinCount({ countsBy }: AnyEndpoint, body: unknown): unknown {
  if (!countsBy) return body;
  const { list, mostEntries } = countsBy;
  const entries = (body as Record<string, unknown> | null)?.[list];
  if (!Array.isArray(entries) || entries.length <= mostEntries) return body;
  throw new Problem('payload_too_large', `${list} may have at most ${mostEntries} entries.`);
}

interface Body {
  /** Reads it. */
  bytes(): Promise<Uint8Array | null>;
  /** Reads it, parses it and checks it. */
  value(): Promise<unknown>;
}

/** The body, or what is wrong with it, each done once and only when it is asked for. */
function bodyOf(definition: AnyEndpoint, request: HttpRequest): Body {
  const { request: schema } = definition;
  let bytes: Promise<Uint8Array> | undefined;
  let value: Promise<unknown> | undefined;
  const read = () => {
    bytes ??= readJsonBytes(request.header('content-type'), request.readBody, bodyBoundsOf(definition));
    return bytes;
  };
  const parse = async (schema: z.ZodType) =>
    validate(schema, withinCount(definition, parseJson(await read())));
  return {
    bytes: async () => schema && (await read()),
    async value() {
      if (!schema) return null;
      value ??= parse(schema);
      return await value;
    },
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

async function abandon({ body }: HttpResponse): Promise<void> {
  if (typeof body !== 'string') await body.return();
}
