/** Returns the parameters of a path that matches a template such as `/api/things/{id}`, or null. */
export function matchPath(template: string, path: string): Record<string, string> | null {
  const parts = template.split('/');
  const given = path.split('/').map(decoded);
  if (parts.length !== given.length) return null;
  const values: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith('{')) values[part.slice(1, -1)] = value;
    else if (part !== value) return null;
  }
  return values;
}

/** Decodes a segment, because `%31` and `1` are the same (RFC 3986, 6.2.2.2). */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
