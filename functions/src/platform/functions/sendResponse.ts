import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import type { Log } from '../../core/runtime.ts';
import type { HttpResponse } from '../../http/pipeline.ts';
import type { StreamPieces } from '../../http/textStream.ts';

/** Most callers close at once. This is for one that is still sending. */
const LINGER_MS = 3000;

/** Sends an answer. If the request's body has not arrived completely, the connection is closed after it. */
export async function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: HttpResponse,
  log: Log,
  readerMs: number,
): Promise<void> {
  // A refusal can overtake the end of a body that has arrived with its head.
  if (!request.complete) await turn();
  const isText = typeof body === 'string';
  // Neither has a body, and a length would lie about the one of a GET (RFC 9110 §8.6).
  const hasNone = status === 204 || request.method === 'HEAD';
  const length = isText && !hasNone ? { 'Content-Length': Buffer.byteLength(body) } : {};
  const connection = request.complete ? {} : { Connection: 'close' };
  response.writeHead(status, { ...headers, ...length, ...connection });
  if (!isText) {
    const lost = (reason: string) =>
      log('WARNING', 'stream_failed', { reason, requestId: headers['X-Request-Id'] });
    return await stream(body, response, readerMs, lost);
  }
  if (request.complete) return void response.end(body);
  response.write(body);
  await linger(request, response);
  response.end();
}

/** If a stream breaks off, the connection is reset, so that a part is not taken for the whole. */
async function stream(
  pieces: StreamPieces,
  response: ServerResponse,
  readerMs: number,
  lost: (reason: string) => void,
): Promise<void> {
  response.setTimeout(readerMs, () => {
    lost(`The reader took nothing for ${readerMs / 1000} s.`);
    response.destroy();
  });
  await pipeline(Readable.from(pieces), response).catch(() => {});
  await pieces.return();
}

/**
 * Waits briefly for the caller to close the connection, and drops the rest of the body. Closing first would reset a caller
 * that is still sending, and a reset can overtake the answer (RFC 9112 §9.6).
 */
async function linger(request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  if (response.destroyed) return;
  await once(response, 'close', { signal: AbortSignal.timeout(LINGER_MS) }).catch(() => {});
}
