import { randomUUID } from 'node:crypto';
import { type ClientOptions, createClient } from '../../../client/client.ts';
import { FUNCTIONS } from '../../src/app/functions.ts';
import { route } from '../../src/http/router.ts';
import { assertDocumented } from './documented.ts';
import { PASSWORD } from './requests.ts';
import { sampleBody } from './samples.ts';
import { suite } from './suite.ts';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any;
}

/** One request through Hosting, or to a full URL. An object is sent as JSON, a string or bytes as they are. */
export async function send(
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const answer = await exchange(path.startsWith('http') ? path : suite.hostingUrl + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body !== undefined && { body: raw ? (body as string) : JSON.stringify(body) }),
  });
  const isJson = /[/+]json\b/.test(answer.headers.get('content-type') ?? '');
  return { ...answer, body: isJson && answer.text ? JSON.parse(answer.text) : null };
}

/** Fails where the answer is not one of openapi.json. */
async function exchange(url: string, init: RequestInit) {
  const response = await fetch(url, init);
  const { status, headers } = response;
  const text = await response.text();
  const template = templateOf(response.url);
  // The platform answers for functions that do not run, and for paths that no endpoint has.
  const isOurs = headers.has('X-Request-Id') || status < 500;
  if (template && isOurs) {
    assertDocumented({ method: init.method ?? 'GET', template, status, headers, text });
  }
  return { status, headers, text };
}

/** The client that others use, through Hosting. */
export const newClient = (options: Partial<ClientOptions> = {}) =>
  createClient({
    ...options,
    baseUrl: suite.hostingUrl,
    fetch: async (url, init = {}) => {
      const { text, ...answer } = await exchange(String(url), init);
      return new Response(text || null, answer);
    },
  });

/** Returns the path template of the endpoint that a URL leads to, through Hosting or directly; undefined if there is none. */
function templateOf(url: string): string | undefined {
  const { pathname } = new URL(url);
  const own = Object.entries(FUNCTIONS).find(([name]) =>
    `${url}/`.startsWith(`${suite.functionsUrl(name)}/`),
  );
  const base = own ? new URL(suite.functionsUrl(own[0])).pathname : '';
  const served = own ? own[1].endpoints : Object.values(FUNCTIONS).flatMap(({ endpoints }) => endpoints);
  const { definition, params } = route(served, { method: 'GET', path: pathname.slice(base.length) || '/' });
  return params === null ? undefined : definition.path;
}

export const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  send('POST', path, { body, headers });

export const newEmail = () => `${randomUUID()}@example.com`;

/** A fresh account, signed in. */
export async function newUser() {
  const email = newEmail();
  const { status, body, text } = await post('/api/auth/register', { email, password: PASSWORD });
  if (status !== 201) throw new Error(`register answered ${status}: ${text}`);
  const authorization = { Authorization: `Bearer ${body.accessToken}` };
  return {
    email,
    userId: body.userId as string,
    accessToken: body.accessToken as string,
    refreshToken: body.refreshToken as string,
    send: (method: string, path: string) => send(method, path, { headers: authorization }),
    capture: (different: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
      post('/api/tweets/capture', sampleBody(different), { ...authorization, ...headers }),
  };
}
