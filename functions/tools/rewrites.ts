import type { AnyEndpoint } from '../src/http/endpoint.ts';

interface Rewrite {
  source: string;
  function: { functionId: string };
}

/**
 * Returns the Hosting rewrites of the functions. Hosting takes the first that matches, so a path without a wildcard comes
 * before a pattern that matches it, too.
 */
export function rewritesOf(functions: Record<string, { endpoints: Pick<AnyEndpoint, 'path'>[] }>): Rewrite[] {
  const targets = Object.entries(functions).flatMap(([functionId, { endpoints }]) =>
    endpoints.map(({ path }): [string, string] => [path.replace(/\{[^}]*\}/g, '*'), functionId]),
  );
  const wildcards = (source: string) => source.split('*').length;
  return [...new Map(targets)]
    .sort(([a], [b]) => wildcards(a) - wildcards(b) || (a < b ? -1 : 1))
    .map(([source, functionId]) => ({ source, function: { functionId } }));
}
