import assert from 'node:assert/strict';
import * as endpoints from '../../src/app/endpoints.ts';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import type { Services } from '../../src/app/services.ts';
import { serve } from '../../src/http/pipeline.ts';
import { route } from '../../src/http/router.ts';
import { collect } from './collect.ts';
import { assertAllowed, assertDocumented } from './documented.ts';

export interface Sent {
  method?: string;
  path?: string;
  /** Laid over `Content-Type: application/json`; undefined takes a header away. */
  headers?: Record<string, string | undefined>;
  /** A string or bytes are sent as they are, everything else as JSON. */
  body?: unknown;
  /** Called when the body is read. */
  onRead?: () => void;
  ip?: string;
  route?: string;
}

export interface Answered {
  status: number;
  headers: Record<string, string>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any;
}

/**
 * One request to an endpoint, or to the first of those that share its path, straight through the pipeline. Fails where
 * the answer is not one of openapi.json.
 */
export async function call(
  definitions: ServedEndpoint | ServedEndpoint[],
  services: Services,
  sent: Sent = {},
): Promise<Answered> {
  const served = [definitions].flat();
  const definition = served[0] as ServedEndpoint;
  const all = { 'Content-Type': 'application/json', ...sent.headers };
  const headers = new Map(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]));
  const method = sent.method ?? definition.method;
  const [path = '', ...query] = (sent.path ?? definition.path).split('?');
  const response = await serve(
    served,
    {
      method,
      path,
      query: query.join('?'),
      header: (name) => headers.get(name),
      ip: sent.ip ?? '192.0.2.1',
      route: sent.route ?? `unknown ${sent.ip ?? '192.0.2.1'}`,
      readBody: async () => {
        sent.onRead?.();
        return toBytes(sent.body);
      },
    },
    services,
  );
  const text = typeof response.body === 'string' ? response.body : (await collect(response.body)).join('');
  const found = route(served, { method, path });
  if (isPublished(found.definition)) {
    const { path: template } = found.definition;
    const isThere = found.params !== null;
    // A path that no endpoint has is none of the document's.
    if (!isThere) assert.equal(response.status, 404, text);
    else
      assertDocumented({
        method,
        template,
        status: response.status,
        headers: new Headers(response.headers),
        text,
      });
    if (isThere && response.status < 300 && sent.body !== undefined && takesBody(served, method)) {
      assertAllowed(method, template, JSON.parse(new TextDecoder().decode(toBytes(sent.body))));
    }
  }
  const isJson = /[/+]json\b/.test(response.headers['Content-Type'] ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : null,
  };
}

/** Some tests serve endpoints of their own. */
const isPublished = ({ method, path }: Pick<ServedEndpoint, 'method' | 'path'>) =>
  Object.values(endpoints).some((other) => other.method === method && other.path === path);

const takesBody = (served: ServedEndpoint[], method: string) =>
  served.some((definition) => definition.method === method && definition.request !== null);

function toBytes(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body === undefined) return new Uint8Array();
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
}
