import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { BodyBounds, RawBody } from '../../http/json.ts';

const FIRST_BUFFER_BYTES = 4096;
const TICKS = 10;

/** The declared length of each hidden body, in bytes; NaN for one of unknown length. */
const declared = new WeakMap<IncomingMessage, number>();
let subscribed = false;

/**
 * The framework around a function reads and parses each body before the function sees the request. From now on it sees
 * no body: the headers that announce one are gone before it looks, and the bytes wait in the socket until `readBody`.
 */
export function deferBodies(): void {
  if (subscribed) return;
  subscribed = true;
  subscribe('http.server.request.start', (message) =>
    hide((message as { request: IncomingMessage }).request),
  );
}

function hide(request: IncomingMessage): void {
  const { headers } = request;
  const isChunked = headers['transfer-encoding'] !== undefined;
  declared.set(request, isChunked ? Number.NaN : Number(headers['content-length'] ?? 0));
  delete headers['content-length'];
  delete headers['transfer-encoding'];
  request.url = decodable(request.url);
}

/** The bytes of the body, or why there are none. Stops reading at the limit and at the deadline. */
export async function readBody(
  request: IncomingMessage,
  { limitBytes, deadlineMs }: BodyBounds,
): Promise<RawBody> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return 'encoded';
  const length = declared.get(request) ?? Number.NaN;
  if (length > limitBytes) return 'too_large';
  if (request.destroyed) return 'incomplete';

  // One buffer that grows: a list of chunks takes a hundred times their size when a caller sends single bytes.
  let buffer = Buffer.allocUnsafe(Math.min(length || FIRST_BUFFER_BYTES, limitBytes));
  let bytes = 0;
  return await new Promise((resolve) => {
    const finish = (body: RawBody) => {
      clearInterval(timer);
      request.off('data', take).off('end', complete).off('close', giveUp);
      resolve(body);
    };
    const take = (chunk: Buffer) => {
      const needed = bytes + chunk.length;
      if (needed > limitBytes) return finish('too_large');
      if (needed > buffer.length) {
        const grown = Buffer.allocUnsafe(Math.min(limitBytes, Math.max(needed, 2 * buffer.length)));
        buffer.copy(grown, 0, 0, bytes);
        buffer = grown;
      }
      chunk.copy(buffer, bytes);
      bytes = needed;
    };
    const complete = () => finish(buffer.subarray(0, bytes));
    const giveUp = () => finish('incomplete');
    // Counted in ticks: while another request keeps the process busy, nobody's body can arrive, and no tick passes.
    let ticks = 0;
    const tick = () => {
      ticks += 1;
      if (ticks === TICKS) giveUp();
    };
    const timer = setInterval(tick, deadlineMs / TICKS);
    request.on('data', take).on('end', complete).on('close', giveUp);
  });
}

/** The router would answer a path it cannot decode with a page of its own; this one leads to our 404. */
function decodable(url = '/'): string {
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
    return url;
  } catch {
    return '/malformed-url';
  }
}
