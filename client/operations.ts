import type { components, paths } from './api.ts';

/** Calls that need no access token. */
export const OPEN: string[] = ['/api/auth/register', '/api/auth/login', '/api/auth/refresh', '/api/health'];
/** Beside every GET: what comes to the same when it is done twice. */
export const REPEATABLE: string[] = [
  '/api/tweets/capture',
  '/api/tweets/batch',
  '/api/auth/refresh',
  '/api/auth/logout',
];

export type Method = 'get' | 'post' | 'delete';

/** The paths that take a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never;
}[keyof paths];

type Part<T, Name extends string> = T extends { [Key in Name]: infer Value } ? Value : never;
type Body<T> = T extends { content: { 'application/json': infer Json } } ? Json : null;

/** What an operation wants: `path`, `query` and `body` only where it has them. */
export type Input<Operation> = Given<Operation, 'path'> & Given<Operation, 'query'> & BodyInput<Operation>;

type Given<Operation, Name extends 'path' | 'query'> =
  Part<Operation, 'parameters'> extends { [Key in Name]: infer Value }
    ? [Value] extends [never | undefined]
      ? unknown
      : { [Key in Name]: Value }
    : Part<Operation, 'parameters'> extends { [Key in Name]?: infer Value }
      ? { [Key in Name]?: Value }
      : unknown;

type BodyInput<Operation> = Operation extends { requestBody: infer Request }
  ? { body: Body<Request> }
  : Operation extends { requestBody?: infer Request }
    ? { body?: Body<Request> }
    : unknown;

type Success = 200 | 201 | 202 | 204;

/** What an operation answers when it works. */
export type Answer<Operation> = {
  [Status in keyof Part<Operation, 'responses'> & Success]: {
    status: Status;
    headers: Headers;
    body: Body<Part<Operation, 'responses'>[Status]>;
  };
}[keyof Part<Operation, 'responses'> & Success];

export type ProblemCode = components['schemas']['Problem']['code'];
