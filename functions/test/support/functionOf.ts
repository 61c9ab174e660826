import type { ServedEndpoint } from '../../src/app/functions.ts';
import { FUNCTIONS } from '../../src/app/functions.ts';

/** Returns the name of the deployed function that serves an endpoint. */
export function functionOf({ name }: Pick<ServedEndpoint, 'name'>): string {
  const found = Object.entries(FUNCTIONS).find(([, { endpoints }]) =>
    endpoints.some((endpoint) => endpoint.name === name),
  );
  if (!found) throw new Error(`No function serves ${name}`);
  return found[0];
}
