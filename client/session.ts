import { ApiError, SignedOut } from './errors.ts';
import { unlessAborted } from './retry.ts';

export interface Tokens {
  refreshToken: string;
  /** Absent where only a refresh token is at hand: the first call then gets one. */
  accessToken?: string;
}

/** Where the tokens of the one who is signed in are kept: in memory, `chrome.storage.local`, … */
export interface TokenStore {
  get(): Tokens | null | Promise<Tokens | null>;
  /** null: signed out. */
  set(tokens: Tokens | null): void | Promise<void>;
}

const OVER: string[] = ['invalid_refresh_token', 'account_disabled'];

type Refresh = (refreshToken: string) => Promise<Required<Tokens>>;

/** Gives calls an access token, and a fresh one in place of one that is refused: calls in parallel share a refresh. */
export function createSession(store: TokenStore, refresh: Refresh) {
  let renewing: Promise<string> | null = null;

  async function held(): Promise<Tokens> {
    const tokens = await store.get();
    if (!tokens) throw new SignedOut('Nobody is signed in.');
    return tokens;
  }

  async function renewed(refused: string | undefined): Promise<string> {
    const { refreshToken, accessToken } = await held();
    if (accessToken !== undefined && accessToken !== refused) return accessToken;
    const outcome = await refresh(refreshToken).catch((error: unknown) => ({ error }));
    // Signed out, signed in anew, or refreshed by another holder of the store meanwhile: what is there now counts.
    if ((await store.get())?.refreshToken !== refreshToken) return await renewed(refused);
    if ('error' in outcome) throw await ended(outcome.error);
    await store.set(outcome);
    return outcome.accessToken;
  }

  async function ended(error: unknown): Promise<unknown> {
    if (!(error instanceof ApiError && OVER.includes(error.code))) return error;
    await store.set(null);
    return new SignedOut('The session has ended. Sign in again.', { cause: error });
  }

  function renew(refused: string | undefined): Promise<string> {
    renewing ??= renewed(refused).finally(() => {
      renewing = null;
    });
    return renewing;
  }

  return {
    /** Calls with an access token, once more with a fresh one where it is refused. */
    async authorized<T>(
      call: (accessToken: string) => Promise<T>,
      signal: AbortSignal | undefined,
    ): Promise<T> {
      const accessToken = (await held()).accessToken ?? (await unlessAborted(renew(undefined), signal));
      try {
        return await call(accessToken);
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
      return await call(await unlessAborted(renew(accessToken), signal));
    },
  };
}

const isRefusal = (error: unknown) =>
  error instanceof ApiError && (error.code === 'token_expired' || error.code === 'unauthenticated');
