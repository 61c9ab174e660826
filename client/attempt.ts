import { ApiError, Unreachable } from './errors.ts';

interface Attempt {
  fetch: typeof fetch;
  url: string;
  request: RequestInit;
  timeoutMs: number;
  /** Leaves the body of a success to be read as it arrives; then only its beginning is timed. */
  streams: boolean;
  signal: AbortSignal | undefined;
}

/** Sends a request once. Fails with ApiError, Unreachable, or the signal's reason. */
export async function attempt({ fetch, url, request, timeoutMs, streams, signal }: Attempt) {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const tooLate = () => controller.abort(new Error(`No answer within ${timeoutMs} ms.`));
  const timer = setTimeout(tooLate, timeoutMs);
  try {
    // No call is redirected by the service: what a sign-in or a refresh carries goes to no other host.
    const response = await fetch(url, { ...request, redirect: 'manual', signal: controller.signal });
    if (response.ok && streams) return { response, text: '' };
    const text = await response.text();
    if (!response.ok) throw new ApiError(response, text);
    return { response, text };
  } catch (error) {
    if (error instanceof ApiError) throw error;
    signal?.throwIfAborted();
    throw new Unreachable(`${new URL(url).origin} cannot be reached.`, { cause: error });
  } finally {
    clearTimeout(timer);
    if (!streams) signal?.removeEventListener('abort', abort);
  }
}
