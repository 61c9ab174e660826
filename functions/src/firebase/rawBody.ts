import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { RawBody } from '../http/json.ts';

interface Declared {
  contentType: string | undefined;
  encoded: boolean;
  tooLarge: boolean;
}

const declared = new WeakMap<IncomingMessage, Declared>();
let subscribed = false;

/**
 * The framework around a function parses bodies before the function sees the request, and answers malformed
 * JSON with a page of its own. From now on every request of this process is renamed, before any parser looks,
 * to plain bytes; a body that declares more than `limitBytes` is not read at all.
 */
export function takeOverBodies(limitBytes: number): void {
  if (subscribed) return;
  subscribed = true;
  subscribe('http.server.request.start', (message) =>
    takeOver((message as { request: IncomingMessage }).request, limitBytes),
  );
}

function takeOver(request: IncomingMessage, limitBytes: number): void {
  const { headers } = request;
  const encoding = headers['content-encoding'];
  const tooLarge = Number(headers['content-length'] ?? 0) > limitBytes;
  const sent = {
    contentType: headers['content-type'],
    encoded: encoding !== undefined && encoding.toLowerCase() !== 'identity',
    tooLarge,
  };
  declared.set(request, sent);
  if (headers['content-length'] === undefined) dropRest(request, sent, limitBytes);
  delete headers['content-encoding'];
  headers['content-type'] = 'application/octet-stream';
  if (tooLarge) delete headers['content-length'];
  request.url = decodable(request.url);
}

/** Of a body that declares no length, what is beyond the limit is read and forgotten. */
function dropRest(request: IncomingMessage, sent: Declared, limitBytes: number): void {
  const push = request.push.bind(request);
  let bytes = 0;
  request.push = (chunk: Buffer | null) => {
    bytes += chunk?.length ?? 0;
    sent.tooLarge ||= bytes > limitBytes;
    return chunk && sent.tooLarge ? true : push(chunk);
  };
}

/** What the caller sent: its own Content-Type, and the bytes. */
export function rawBody(request: IncomingMessage & { rawBody?: Buffer }): {
  contentType: string | undefined;
  body: RawBody;
} {
  const sent = declared.get(request);
  const contentType = sent ? sent.contentType : request.headers['content-type'];
  if (sent?.tooLarge) return { contentType, body: 'too_large' };
  if (sent?.encoded) return { contentType, body: 'encoded' };
  return { contentType, body: request.rawBody ?? new Uint8Array() };
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
