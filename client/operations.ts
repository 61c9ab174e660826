import type { components, paths } from './api.ts';

/** Calls that need no access token. */
export const OPEN: string[] = ['/api/auth/register', '/api/auth/login', '/api/auth/refresh', '/api/health'];
/** Calls that have the same effect when they are repeated, like every GET. */
export const REPEATABLE: string[] = [
  '/api/tweets/capture',
  '/api/tweets/batch',
  '/api/auth/refresh',
  '/api/auth/logout',
];

export type Method = 'get' | 'post' | 'delete';

/** The paths that accept a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never;
}[keyof paths];

type Part<T, Name extends string> = T extends { [Key in Name]: infer Value } ? Value : never;
type Body<T> = T extends { content: { 'application/json': infer Json } } ? Json : null;

/** The input of an operation: those of `path`, `query` and `body` that it has. */
export type Input<Operation> = ParameterInput<Operation, 'path'> &
  ParameterInput<Operation, 'query'> &
  BodyInput<Operation>;

type ParameterInput<Operation, Name extends 'path' | 'query'> =
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

/** The successful responses of an operation. */
export type Answer<Operation> = {
  [Status in keyof Part<Operation, 'responses'> & Success]: {
    status: Status;
    headers: Headers;
    body: Body<Part<Operation, 'responses'>[Status]>;
  };
}[keyof Part<Operation, 'responses'> & Success];

export type ProblemCode = components['schemas']['Problem']['code'];
