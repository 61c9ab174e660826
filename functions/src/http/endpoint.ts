import type { z } from 'zod';
import type { Audit } from '../audit/audit.ts';
import type { Brake } from '../brakes/brakes.ts';
import type { Budget } from '../budgets/budgetStore.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Log } from '../core/runtime.ts';
import type { BodyBounds } from './json.ts';
import type { Origin } from './origin.ts';
import type { Caller } from './principal.ts';
import type { RateLimitMode } from './rateLimit.ts';

/** `bearer`: an access token of any account; `admin`: one of an account with that role. */
export type Access = 'public' | 'bearer' | 'admin';
type Responses = Record<number, z.ZodType>;

/** A validated request, as a handler gets it. */
export interface EndpointRequest<A extends Access, Body, Params, Query> {
  body: Body;
  params: Params;
  query: Query;
  caller: A extends 'public' ? null : Caller;
  requestId: string;
  origin: Origin;
  /** Returns a request header by its lower-case name. */
  header: (name: string) => string | undefined;
  /** Writes log lines that carry the request id. */
  log: Log;
  /** Records security events with the request's id, network and user agent. */
  audit: Audit;
}

type Reply<R extends Responses> = {
  [Status in keyof R]: { status: Status; body: z.input<R[Status]>; headers?: Record<string, string> };
}[keyof R];

/** Returns the session of a refresh token that one of our keys has signed, or null. */
export type ReadRefreshToken = (token: string) => { sessionId: string } | null;

/**
 * One endpoint as data. The pipeline, CORS, the limits, the Hosting rewrites, OpenAPI, the client and the contract tests are
 * derived from it. `Services` are the services that `handle` uses.
 */
export interface Endpoint<
  A extends Access,
  B extends z.ZodType | null,
  R extends Responses,
  P extends z.ZodType,
  Q extends z.ZodObject,
  Services,
> {
  name: string;
  method: 'GET' | 'POST' | 'DELETE';
  /** Parameters stand in braces. */
  path: `/api/${string}`;
  summary: string;
  access: A;
  /** How requests are counted against the limit of the user or, on a public endpoint, of the network. */
  rateLimitMode: RateLimitMode;
  /** Requests a minute, if the endpoint allows fewer than the parameter does. */
  perMinute?: number;
  /** A valid request costs one unit for every `entriesPerRequest` entries of `list`, rounded up; any other costs one. */
  rateLimitCost?: { list: string; entriesPerRequest: number; maxEntries: number };
  /**
   * The session that the body of a public request proves. Such a request is counted by session, leniently, instead of by
   * network.
   */
  sessionOf?(body: B extends z.ZodType ? z.output<B> : null, read: ReadRefreshToken): string | null;
  /** While this brake is on, the endpoint answers 503. */
  brake?: Brake;
  /** The daily budgets that a request is counted against. */
  spends?: readonly Budget[];
  /** For bodies that may be larger or slower than `DEFAULT_BODY`. */
  body?: BodyBounds;
  /** How many requests one instance parses, handles and serializes at a time; others wait. Default: no bound. */
  maxParallel?: number;
  /** How many requests one instance accepts at a time; others are refused. Set by a function that serves several endpoints. */
  maxInFlight?: number;
  /** A path whose parameters do not match does not exist. */
  params?: P;
  /** Each parameter is a string and may be given once. Others are refused. */
  query?: Q;
  /** Optional headers that `handle` reads or sets, besides those of every endpoint. */
  requestHeaders?: Record<string, z.ZodString>;
  responseHeaders?: Record<string, z.ZodString>;
  /** The JSON body, or null if there is none. */
  request: B;
  /** The successful responses by status; null is an empty body. Fields that the schema does not name are never sent. */
  responses: R;
  /** The errors of `handle`, besides those that the pipeline can answer everywhere. */
  errors: ErrorCode[];
  handle: (
    request: EndpointRequest<A, B extends z.ZodType ? z.output<B> : null, z.output<P>, z.output<Q>>,
    services: Services,
  ) => Promise<Reply<NoInfer<R>>>;
}

/** Any definition, for code that treats all of them alike. */
export type AnyEndpoint<Services = never> = Omit<
  Endpoint<Access, z.ZodType | null, Responses, z.ZodType, z.ZodObject, Services>,
  'handle' | 'sessionOf'
> & {
  sessionOf?(body: never, read: ReadRefreshToken): string | null;
  handle: (
    request: never,
    services: Services,
  ) => Promise<{ status: number; body: unknown; headers?: Record<string, string> }>;
};

/** The bounds of a body that sets none of its own. Its deadline ends before the request's. */
export const DEFAULT_BODY: BodyBounds = { limitBytes: 64 * 1024, deadlineMs: 10_000 };

export const bodyBoundsOf = ({ body = DEFAULT_BODY }: AnyEndpoint): BodyBounds => body;

/** Infers the types of a definition. */
export function endpoint<
  A extends Access,
  B extends z.ZodType | null,
  R extends Responses,
  P extends z.ZodType = z.ZodType<Record<string, never>>,
  Q extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Services = unknown,
>(definition: Endpoint<A, B, R, P, Q, Services>): Endpoint<A, B, R, P, Q, Services> {
  return definition;
}
