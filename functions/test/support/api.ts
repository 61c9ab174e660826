import { randomUUID } from 'node:crypto';
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
  const response = await fetch(path.startsWith('http') ? path : suite.hostingUrl + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body !== undefined && { body: raw ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text ? JSON.parse(text) : null,
  };
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
