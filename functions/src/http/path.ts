/**
 * The parameters of a path that fits a template (`/api/things/{id}`), or null. On a function's own URL the fixed
 * beginning is missing: there `/` fits, or `/<id>`.
 */
export function matchPath(template: string, path: string): Record<string, string> | null {
  const parts = template.split('/');
  const fixed = parts.findIndex((part) => part.startsWith('{'));
  const own = ['', ...(fixed < 0 ? [''] : parts.slice(fixed))];
  const given = path.split('/').map(decoded);
  return fitting(parts, given) ?? fitting(own, given);
}

/** A segment with its percent-encoded characters decoded: `%31` and `1` are the same (RFC 3986, 6.2.2.2). */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function fitting(template: string[], path: string[]): Record<string, string> | null {
  if (template.length !== path.length) return null;
  const values: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const value = path[index] ?? '';
    if (part.startsWith('{')) values[part.slice(1, -1)] = value;
    else if (part !== value) return null;
  }
  return values;
}
