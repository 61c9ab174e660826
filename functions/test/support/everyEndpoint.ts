import * as endpoints from '../../src/endpoints.ts';
import type { AnyEndpoint } from '../../src/http/endpoint.ts';
import { type Answered, call, type Sent } from './call.ts';
import { memoryServices } from './memory/services.ts';
import { validRequest } from './requests.ts';

export const ALL: AnyEndpoint[] = Object.values(endpoints);

/** An endpoint with services of its own, in which its valid request will succeed. */
export async function open(definition: AnyEndpoint, environment: Record<string, string> = {}) {
  const memory = memoryServices(environment);
  const valid = await validRequest(definition, memory.services);
  return {
    ...memory,
    valid,
    /** Sends the valid request with what a test wants different. */
    send: (different: Sent = {}, served = definition): Promise<Answered> =>
      call([served, ...sharingPath(definition)], memory.services, {
        ...valid,
        ...different,
        headers: { ...valid.headers, ...different.headers },
      }),
  };
}

/** The others of the same path, by other methods. */
export const sharingPath = ({ path, method }: AnyEndpoint) =>
  ALL.filter((other) => other.path === path && other.method !== method);

/** Runs one suite for each endpoint that passes. */
export function onEveryEndpoint(
  suite: (definition: AnyEndpoint) => void,
  passes: (definition: AnyEndpoint) => boolean = () => true,
): void {
  for (const definition of ALL.filter(passes)) {
    describe(`${definition.method} ${definition.path}`, () => suite(definition));
  }
}

export const takesBody = ({ request }: AnyEndpoint) => request !== null;
export const needsToken = ({ access }: AnyEndpoint) => access !== 'public';
export const isForUsers = ({ access }: AnyEndpoint) => access === 'bearer';
export const isForAdmins = ({ access }: AnyEndpoint) => access === 'admin';
