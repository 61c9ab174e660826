import type { z } from 'zod';
import type { Caller } from '../accounts/accessToken.ts';
import type { Keyring } from '../accounts/keys.ts';
import type { Audit } from '../audit/audit.ts';
import type { Brake } from '../brakes/brakes.ts';
import type { Budget } from '../budgets/budgets.ts';
import { TUNING } from '../config.ts';
import type { FailureCode } from '../failures.ts';
import type { Log, Services } from '../ports.ts';
import type { Origin } from './callerIp.ts';
import type { BodyBounds } from './json.ts';
import type { Counting } from './rateLimit.ts';

/** `admin`: a bearer token of an account with that role. */
export type Access = 'public' | 'bearer' | 'admin';
type Responses = Record<number, z.ZodType>;

/** What a handler gets: a body that passed the request schema, and who sent it. */
export interface EndpointRequest<A extends Access, Body, Params, Query> {
  body: Body;
  params: Params;
  query: Query;
  caller: A extends 'public' ? null : Caller;
  requestId: string;
  origin: Origin;
  /** A request header by its lower-case name. */
  header: (name: string) => string | undefined;
  /** Writes log lines that carry the request id. */
  log: Log;
  /** Records security events with what is known of the request. */
  audit: Audit;
}

type Reply<R extends Responses> = {
  [Status in keyof R]: { status: Status; body: z.input<R[Status]>; headers?: Record<string, string> };
}[keyof R];

/**
 * One HTTPS function, as data. The pipeline, CORS, the limits, the Hosting rewrites check, OpenAPI and the
 * contract tests all read this one object. `failures` names what `handle` itself may refuse, beside what the pipeline
 * can answer on every endpoint, or on every one that takes a bearer token.
 */
export interface Endpoint<
  A extends Access,
  B extends z.ZodType | null,
  R extends Responses,
  P extends z.ZodType = z.ZodType<Record<string, never>>,
  Q extends z.ZodObject = z.ZodObject<Record<never, never>>,
> {
  name: string;
  /** The deployed function, where it has another name because several methods of one path share it. */
  deployedAs?: string;
  method: 'GET' | 'POST' | 'DELETE';
  /** Its path behind Hosting, parameters in braces; on its own URL the function answers without the fixed part, too. */
  path: `/api/${string}`;
  summary: string;
  access: A;
  /** How requests are counted against the limit of the user, or on a public endpoint of the IP address. */
  counting: Counting;
  /** Fewer requests a minute than the parameter allows, for what is expensive. */
  perMinute?: number;
  /** Whom the body of a public request proves to come from: they are counted by it, leniently, and not by a shared address. */
  provenBy?(body: B extends z.ZodType ? z.output<B> : null, keys: Keyring): string | null;
  /** A request counts as one before its body is read; a valid one as one for so many entries, begun, of this list. */
  countsBy?: { list: string; entriesPerRequest: number; mostEntries: number };
  /** Answers 503 while this is paused. */
  brake?: Brake;
  /** The daily budgets of the caller that a request counts against. */
  spends?: readonly Budget[];
  /** For a larger body than usual. */
  body?: BodyBounds;
  /** How many requests one instance parses, handles and serializes at a time; others wait. Any number if absent. */
  maxParallel?: number;
  /** The path's parameters; one that does not fit means that there is nothing at the path. */
  params?: P;
  /** The query, each parameter a string that may be there once; a parameter that it does not name is refused. */
  query?: Q;
  /** Headers that `handle` reads and answers, beside those that every endpoint has. None must be there. */
  requestHeaders?: Record<string, z.ZodString>;
  responseHeaders?: Record<string, z.ZodString>;
  /** The JSON body, or null for an endpoint that takes none. */
  request: B;
  /** Each possible success by its status; null is an empty one. Answers are parsed through it: what it does not name never leaves. */
  responses: R;
  failures: FailureCode[];
  handle(
    request: EndpointRequest<A, B extends z.ZodType ? z.output<B> : null, z.output<P>, z.output<Q>>,
    services: Services,
  ): Promise<Reply<NoInfer<R>>>;
}

/** Any definition, for code that treats all alike. */
export type AnyEndpoint = Omit<
  Endpoint<Access, z.ZodType | null, Responses, z.ZodType, z.ZodObject>,
  'handle' | 'provenBy'
> & {
  provenBy?(body: never, keys: Keyring): string | null;
  handle(
    request: never,
    services: Services,
  ): Promise<{ status: number; body: unknown; headers?: Record<string, string> }>;
};

export const deployedName = ({ name, deployedAs }: AnyEndpoint): string => deployedAs ?? name;

export const bodyBoundsOf = ({ body = TUNING.body }: AnyEndpoint): BodyBounds => body;

/** Infers the types of a definition; does nothing else. */
export function endpoint<
  A extends Access,
  B extends z.ZodType | null,
  R extends Responses,
  P extends z.ZodType = z.ZodType<Record<string, never>>,
  Q extends z.ZodObject = z.ZodObject<Record<never, never>>,
>(definition: Endpoint<A, B, R, P, Q>): Endpoint<A, B, R, P, Q> {
  return definition;
}
