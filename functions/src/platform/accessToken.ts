import { withTimeout } from '../core/timeout.ts';

/** As token endpoints give it (RFC 6749 §5.1). */
interface Token {
  access_token: string;
  /** Seconds. */
  expires_in: number;
}

const ATTEMPTS = 2;
const ATTEMPT_MS = 2500;
/** The metadata server returns the same token until five minutes before it expires. */
const REFRESH_BEFORE_MS = 4 * 60 * 1000;
/** A token that expires sooner may be refused on its way. */
const MIN_LEFT_MS = 10 * 1000;

/**
 * Gives an access token, and gets a new one when the last is about to expire. Callers share one request, which ends
 * after five seconds, so that one without an answer stops nobody else. While no new token can be had, the last one is
 * given for as long as it is valid.
 */
export function createAccessTokens(
  request: (signal: AbortSignal) => Promise<Token>,
  now: () => number = Date.now,
): () => Promise<string> {
  let held = { token: '', expiresAt: 0 };
  let renewing: Promise<void> | null = null;

  const attempt = async () => {
    const controller = new AbortController();
    const { access_token: token, expires_in } = await withTimeout(
      ATTEMPT_MS,
      request(controller.signal),
      () => {
        controller.abort();
        throw new Error(`The metadata server gave no access token within ${ATTEMPT_MS} ms`);
      },
    );
    held = { token, expiresAt: now() + expires_in * 1000 };
  };
  const renew = async () => {
    for (let left = ATTEMPTS - 1; left > 0; left -= 1) {
      try {
        return await attempt();
      } catch {
        // The next attempt opens a connection of its own.
      }
    }
    return await attempt();
  };

  return async () => {
    if (held.expiresAt - now() > REFRESH_BEFORE_MS) return held.token;
    renewing ??= renew().finally(() => {
      renewing = null;
    });
    try {
      await renewing;
    } catch (error) {
      if (held.expiresAt - now() < MIN_LEFT_MS) throw error;
    }
    return held.token;
  };
}

/**
 * The token of the function's service account: https://cloud.google.com/run/docs/container-contract#metadata-server.
 * Google's own library waits without end for it on Cloud Run.
 */
async function fromMetadataServer(signal: AbortSignal): Promise<Token> {
  const host = process.env.GCE_METADATA_HOST ?? 'metadata.google.internal';
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`;
  const response = await fetch(url, { signal, redirect: 'error', headers: { 'Metadata-Flavor': 'Google' } });
  if (!response.ok) throw new Error(`The metadata server answered ${response.status}`);
  if (response.headers.get('Metadata-Flavor') !== 'Google')
    throw new Error('Something else answered as the metadata server');
  return (await response.json()) as Token;
}

/** The access token of the deployed function that this process serves; null elsewhere. */
export const deployedAccessToken = process.env.K_SERVICE ? createAccessTokens(fromMetadataServer) : null;
