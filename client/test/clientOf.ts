import assert from 'node:assert/strict';
import { createClient, type Tokens } from '../client.ts';

interface Sent {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: unknown;
}

export interface Answered {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

type Answer = (request: Sent) => Answered | Promise<Answered>;

export const problem = (status: number, code: string, headers: Record<string, string> = {}) => ({
  status,
  body: { type: 'about:blank', title: 't', status, detail: 'In words.', code, requestId: 'request-0001' },
  headers: { 'Content-Type': 'application/problem+json', ...headers },
});

/** A fetch without a response. */
export const lost = (): never => {
  throw new TypeError('fetch failed');
};

/** A client of a service with the given responses; records the requests, waits and stored tokens. */
export function clientOf(
  answer: Answer,
  tokens: Tokens | null = { accessToken: 'access-1', refreshToken: 'refresh-1' },
) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  const stored: (Tokens | null)[] = [];
  let held = tokens;
  const client = createClient({
    baseUrl: 'https://tweets.example/',
    tokens: {
      get: async () => held,
      set: async (next) => {
        held = next;
        stored.push(next);
      },
    },
    random: () => 0.5,
    sleep: async (seconds) => void waits.push(seconds),
    fetch: async (url, init = {}) => {
      const { method = 'GET', headers, body } = init;
      const request = { method, url: String(url), body: body ? JSON.parse(String(body)) : null };
      const all = { ...request, headers: headers as Record<string, string> };
      sent.push(all);
      await new Promise(setImmediate);
      const answered = await answer(all);
      const { status = 200, body: content = {} } = answered;
      return new Response(status === 204 ? null : JSON.stringify(content), {
        status,
        headers: { 'Content-Type': 'application/json', ...answered.headers },
      });
    },
  });
  return { client, sent, waits, stored, held: () => held };
}

export const isRefresh = ({ url }: { url: string }) => url.endsWith('/api/auth/refresh');

export const refreshed = (number: number) => ({
  body: {
    accessToken: `access-${number}`,
    refreshToken: `refresh-${number}`,
    expiresIn: 3600,
    tokenType: 'Bearer',
  },
});

/** The error that `work` rejects with. */
export const failure = async (work: Promise<unknown>) =>
  await work.then(
    () => assert.fail('it worked'),
    (error) => error,
  );
