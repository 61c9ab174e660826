interface Parts {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
}

/** The address of a call: its path with the parameters filled in, and of the query what is not undefined. */
export function urlOf(baseUrl: string, template: string, { path = {}, query = {} }: Parts): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name] ?? ''));
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return baseUrl.replace(/\/$/, '') + filled + (given.length > 0 ? `?${search}` : '');
}
