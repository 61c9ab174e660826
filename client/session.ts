import { ApiError, SignedOut } from './errors.ts';
import { unlessAborted } from './retry.ts';

export interface Tokens {
  refreshToken: string;
  /** If it is absent, the first call gets one with the refresh token. */
  accessToken?: string;
}

/** Stores the tokens of the session: in memory, in `chrome.storage.local`, … */
export interface TokenStore {
  get(): Tokens | null | Promise<Tokens | null>;
  /** null: signed out. */
  set(tokens: Tokens | null): void | Promise<void>;
}

const SESSION_ENDED: string[] = ['invalid_refresh_token', 'account_disabled'];

type Refresh = (refreshToken: string) => Promise<Required<Tokens>>;

/** Provides access tokens to calls, and refreshes a rejected one. Parallel calls share a refresh. */
export function createSession(store: TokenStore, refresh: Refresh) {
  let renewing: Promise<string> | null = null;

  async function held(): Promise<Tokens> {
    const tokens = await store.get();
    if (!tokens) throw new SignedOut('There is no session. Sign in first.');
    return tokens;
  }

  async function renewed(rejected: string | undefined): Promise<string> {
    const { refreshToken, accessToken } = await held();
    if (accessToken !== undefined && accessToken !== rejected) return accessToken;
    const outcome = await refresh(refreshToken).catch((error: unknown) => ({ error }));
    // A sign-in, a sign-out or another client has changed the stored tokens during the refresh: they take precedence.
    if ((await store.get())?.refreshToken !== refreshToken) return await renewed(rejected);
    if ('error' in outcome) throw await ended(outcome.error);
    await store.set(outcome);
    return outcome.accessToken;
  }

  async function ended(error: unknown): Promise<unknown> {
    if (!(error instanceof ApiError && SESSION_ENDED.includes(error.code))) return error;
    await store.set(null);
    return new SignedOut('The session has ended. Sign in again.', { cause: error });
  }

  function renew(rejected: string | undefined): Promise<string> {
    renewing ??= renewed(rejected).finally(() => {
      renewing = null;
    });
    return renewing;
  }

  return {
    /** Calls with an access token, and repeats the call with a new one if that is rejected. */
    async authorized<T>(
      call: (accessToken: string) => Promise<T>,
      signal: AbortSignal | undefined,
    ): Promise<T> {
      const accessToken = (await held()).accessToken ?? (await unlessAborted(renew(undefined), signal));
      try {
        return await call(accessToken);
      } catch (error) {
        if (!isRejection(error)) throw error;
      }
      return await call(await unlessAborted(renew(accessToken), signal));
    },
  };
}

const isRejection = (error: unknown) =>
  error instanceof ApiError && (error.code === 'token_expired' || error.code === 'unauthenticated');
