/**
 * The parameters of a path that fits a template (`/api/things/{id}`), or null. On a function's own URL the fixed
 * beginning is missing: there `/` fits, or `/<id>`.
 */
export function matchPath(template: string, path: string): Record<string, string> | null {
  const parts = template.split('/');
  const fixed = parts.findIndex((part) => part.startsWith('{'));
  const own = ['', ...(fixed < 0 ? [''] : parts.slice(fixed))];
  return fitting(parts, path.split('/')) ?? fitting(own, path.split('/'));
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
