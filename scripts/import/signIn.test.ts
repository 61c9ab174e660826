import assert from 'node:assert/strict';
import { ApiError } from '../../client/client.ts';
import { signInWithPrompts } from './signIn.ts';

const refusal = (status: number, code: string) =>
  new ApiError(
    new Response(null, { status, headers: { 'Content-Type': 'application/problem+json' } }),
    JSON.stringify({ code, detail: code }),
  );

describe('signing in to an import', () => {
  /** A user who mistypes the password this number of times. */
  function typing(wrong: number, error = refusal(401, 'invalid_credentials')) {
    const tried: string[] = [];
    const client = {
      async signIn({ password }: { password: string }) {
        tried.push(password);
        if (tried.length <= wrong) throw error;
        return {} as never;
      },
    };
    const ask = { email: async () => 'me@example.com', password: async () => `password ${tried.length + 1}` };
    return { tried, run: () => signInWithPrompts(client, new AbortController().signal, ask) };
  }

  it('allows three attempts', async () => {
    const { tried, run } = typing(2);
    await run();
    assert.deepEqual(tried, ['password 1', 'password 2', 'password 3']);
    const { tried: all, run: runOut } = typing(3);
    await assert.rejects(runOut(), { code: 'invalid_credentials' });
    assert.equal(all.length, 3);
  });

  it('is not repeated after another error', async () => {
    const { tried, run } = typing(1, refusal(429, 'rate_limited'));
    await assert.rejects(run(), { code: 'rate_limited' });
    assert.equal(tried.length, 1);
  });
});
