import type { Audit } from '../audit/audit.ts';
import type { Log } from '../core/runtime.ts';
import type { AnyEndpoint } from './endpoint.ts';
import type { BodyBounds, RawBody } from './json.ts';
import type { Origin } from './origin.ts';
import type { Principal } from './principal.ts';

/** A request, independent of the framework that received it. */
export interface HttpRequest extends Origin {
  method: string;
  /** Without the query. */
  path: string;
  /** With or without its question mark. */
  query: string;
  header: (name: string) => string | undefined;
  /** Called at most once. Until then nothing of the body is read. */
  readBody: (bounds: BodyBounds) => Promise<RawBody>;
}

/** One request on its way through the pipeline. */
export interface Exchange {
  definition: AnyEndpoint;
  request: HttpRequest;
  requestId: string;
  log: Log;
  audit: Audit;
  /** The headers of the response, whether it succeeds or fails. */
  headers: Record<string, string>;
  /** Set once the request has authenticated. */
  principal: Principal | null;
  /** Set once the body of a public request has proven a session. */
  sessionId: string | null;
  /** Gives back the request's slot of the instance, if it has one. */
  freeSlot: () => void;
}
