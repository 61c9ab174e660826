import type { paths } from './api.ts';
import { attempt } from './attempt.ts';
import { ApiError } from './errors.ts';
import { createExports } from './exports.ts';
import { type Answer, type Input, type Method, OPEN, type PathOf, REPEATABLE } from './operations.ts';
import { type Patience, sleep, type Wait, withRetries } from './retry.ts';
import { createSession, type TokenStore, type Tokens } from './session.ts';
import { urlOf } from './url.ts';

export { ApiError, SignedOut, Unreachable } from './errors.ts';
export type { ExportedRecord, ExportedTweet } from './exports.ts';
export type { Answer } from './operations.ts';
export type { Wait } from './retry.ts';
export type { TokenStore, Tokens } from './session.ts';

export interface ClientOptions {
  /** The origin of the service, without `/api`. */
  baseUrl: string;
  /** In memory by default. */
  tokens?: TokenStore;
  /** The timeout of one attempt; 30 s by default. */
  timeoutMs?: number;
  /** The maximum number of attempts of a call that may be repeated; 5 by default. */
  attempts?: number;
  /** A call fails instead of waiting longer than this; 90 s by default. */
  longestWaitSeconds?: number;
  onWait?: (wait: Wait) => void;
  /** For tests. */
  fetch?: typeof fetch;
  random?: Patience['random'];
  sleep?: Patience['sleep'];
}

interface Extra {
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** The input of a call, optional if no part of it is required. */
type InputArguments<Operation> =
  Record<never, never> extends Input<Operation>
    ? [input?: Input<Operation> & Extra]
    : [input: Input<Operation> & Extra];

interface AnyInput extends Extra {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
}

type Credentials = { email: string; password: string };

/** A client of the API for one user. Its calls throw ApiError, Unreachable, SignedOut or the reason of their signal. */
export function createClient(options: ClientOptions) {
  const { baseUrl, timeoutMs = 30_000, tokens: store = inMemory() } = options;
  const fetchIt = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args));
  const patience: Patience = {
    attempts: options.attempts ?? 5,
    longestWaitSeconds: options.longestWaitSeconds ?? 90,
    onWait: options.onWait ?? (() => {}),
    random: options.random ?? Math.random,
    sleep: options.sleep ?? sleep,
  };
  const session = createSession(store, async (refreshToken) =>
    tokensOf((await post('/api/auth/refresh', { body: { refreshToken } })).body),
  );

  async function call(method: Method, path: string, input: AnyInput, { streams = false, open = false } = {}) {
    const url = urlOf(baseUrl, path, input);
    const headers: Record<string, string> = { 'X-Request-Id': crypto.randomUUID(), ...input.headers };
    const request: RequestInit = { method: method.toUpperCase() };
    if (input.body !== undefined) {
      headers['Content-Type'] = 'application/json';
      request.body = JSON.stringify(input.body);
    }
    const { signal } = input;
    const repeatable = method === 'get' || REPEATABLE.includes(path);
    const send = (bearer: Record<string, string>) => {
      const sent = { ...request, headers: { ...headers, ...bearer } };
      const once = () => attempt({ fetch: fetchIt, url, request: sent, timeoutMs, streams, signal });
      return repeatable ? withRetries(once, patience, signal) : once();
    };
    if (open || OPEN.includes(path)) return await send({});
    return await session.authorized((token) => send({ Authorization: `Bearer ${token}` }), signal);
  }

  async function answer<M extends Method, P extends PathOf<M>>(method: M, path: P, input: AnyInput = {}) {
    const { response, text } = await call(method, path, input);
    const { status, headers } = response;
    return { status, headers, body: parsed(response, text) } as Answer<paths[P][M]>;
  }

  const get = <P extends PathOf<'get'>>(path: P, ...[input]: InputArguments<paths[P]['get']>) =>
    answer('get', path, input);
  const post = <P extends PathOf<'post'>>(path: P, ...[input]: InputArguments<paths[P]['post']>) =>
    answer('post', path, input);
  const del = <P extends PathOf<'delete'>>(path: P, ...[input]: InputArguments<paths[P]['delete']>) =>
    answer('delete', path, input);

  async function keep<T extends Required<Tokens>>({ body }: { body: T }): Promise<T> {
    await store.set(tokensOf(body));
    return body;
  }

  async function stream<P extends PathOf<'get'>>(path: P, ...[input]: InputArguments<paths[P]['get']>) {
    return (await call('get', path, input ?? {}, { streams: true })).response;
  }
  const exports = createExports(
    {
      tweets: (query, signal) => stream('/api/tweets/export', { query, signal }),
      account: (query, signal) => stream('/api/account/export', { query, signal }),
    },
    { patience, timeoutMs },
  );

  return {
    get,
    post,
    delete: del,
    /** Returns the response before its body has arrived. Retries and timeout apply up to the headers. */
    stream,
    ...exports,
    /** Sent once, since the service counts each attempt. */
    signIn: async (body: Credentials, extra: Extra = {}) =>
      keep(await post('/api/auth/login', { ...extra, body })),
    signUp: async (body: Credentials, extra: Extra = {}) =>
      keep(await post('/api/auth/register', { ...extra, body })),
    /** Ends the session, and deletes the tokens even if that fails. */
    async signOut(extra: Extra = {}) {
      const tokens = await store.get();
      await store.set(null);
      if (!tokens) return;
      const body = { refreshToken: tokens.refreshToken };
      await call('post', '/api/auth/logout', { ...extra, body }, { open: true });
    },
  };
}

export type Client = ReturnType<typeof createClient>;

function inMemory(): TokenStore {
  let held: Tokens | null = null;
  return {
    get: () => held,
    set: (tokens) => {
      held = tokens;
    },
  };
}

function parsed(response: Response, text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    throw new ApiError(response, text);
  }
}

const tokensOf = ({ accessToken, refreshToken }: Required<Tokens>) => ({ accessToken, refreshToken });
