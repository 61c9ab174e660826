import * as endpoints from '../../src/app/endpoints.ts';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import { type Answered, call, type Sent } from './call.ts';
import { memoryServices } from './memory/services.ts';
import { validRequest } from './requests.ts';

export const ALL: ServedEndpoint[] = Object.values(endpoints);

/** An endpoint with services of its own, in which its valid request will succeed. */
export async function open(definition: ServedEndpoint, environment: Record<string, string> = {}) {
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
export const sharingPath = ({ path, method }: ServedEndpoint) =>
  ALL.filter((other) => other.path === path && other.method !== method);

/** Runs one suite for each endpoint that passes. */
export function onEveryEndpoint(
  suite: (definition: ServedEndpoint) => void,
  passes: (definition: ServedEndpoint) => boolean = () => true,
): void {
  for (const definition of ALL.filter(passes)) {
    describe(`${definition.method} ${definition.path}`, () => suite(definition));
  }
}

export const takesBody = ({ request }: ServedEndpoint) => request !== null;
export const needsToken = ({ access }: ServedEndpoint) => access !== 'public';
export const isForUsers = ({ access }: ServedEndpoint) => access === 'bearer';
export const isForAdmins = ({ access }: ServedEndpoint) => access === 'admin';
