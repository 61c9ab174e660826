import type { AnyEndpoint } from './endpoint.ts';
import { matchPath } from './path.ts';

export interface Route {
  definition: AnyEndpoint;
  /** The methods of the path. */
  allowed: string[];
  /** The path's parameters, or null if no endpoint has this path. */
  params: unknown;
}

/**
 * Finds the endpoint of a path and method among those of one function. A function with a single path also serves `/`, the
 * root of its own URL. If nothing fits, the route has no parameters, and its definition is the closest one.
 */
export function route(definitions: AnyEndpoint[], { method, path }: { method: string; path: string }): Route {
  const hasOnePath = new Set(definitions.map((definition) => definition.path)).size === 1;
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = definitions
    .map((definition) => ({ definition, params: paramsOf(definition, path, hasOnePath) }))
    .filter(({ params }) => params !== null);
  const match = found.find(({ definition }) => definition.method === wanted) ?? found[0];
  const { definition, params } = match ?? { definition: definitions[0] as AnyEndpoint, params: null };
  const methods = found.map((each) => each.definition.method);
  const allowed = methods.flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each]));
  return { definition, allowed: [...allowed, 'OPTIONS'], params };
}

function paramsOf({ path, params }: AnyEndpoint, requested: string, hasOnePath: boolean): unknown {
  const found = hasOnePath && requested === '/' ? {} : matchPath(path, requested);
  if (!found || !params) return found;
  const checked = params.safeParse(found);
  return checked.success ? checked.data : null;
}
