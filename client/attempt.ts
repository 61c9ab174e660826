import { ApiError, Unreachable } from './errors.ts';

interface Attempt {
  fetch: typeof fetch;
  url: string;
  request: RequestInit;
  timeoutMs: number;
  /** Returns a successful response without reading its body. The timeout then ends at the headers. */
  streams: boolean;
  signal: AbortSignal | undefined;
}

/** Sends a request once. Throws ApiError, Unreachable, or the reason of the signal. */
export async function attempt({ fetch, url, request, timeoutMs, streams, signal }: Attempt) {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const onTimeout = () => controller.abort(new Error(`No response within ${timeoutMs} ms.`));
  const timer = setTimeout(onTimeout, timeoutMs);
  try {
    // The service never redirects. Following a redirect could send a password or a token to another host.
    const response = await fetch(url, { ...request, redirect: 'manual', signal: controller.signal });
    if (response.ok && streams) return { response, text: '' };
    const text = await response.text();
    if (!response.ok) throw new ApiError(response, text);
    return { response, text };
  } catch (error) {
    if (error instanceof ApiError) throw error;
    signal?.throwIfAborted();
    throw new Unreachable(`${new URL(url).origin} does not respond.`, { cause: error });
  } finally {
    clearTimeout(timer);
    if (!streams) signal?.removeEventListener('abort', abort);
  }
}
