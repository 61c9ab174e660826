interface Parts {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
}

/** The URL of a call: the path with its parameters, and the query without undefined values. */
export function urlOf(baseUrl: string, template: string, { path = {}, query = {} }: Parts): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name] ?? ''));
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return baseUrl.replace(/\/$/, '') + filled + (given.length > 0 ? `?${search}` : '');
}
