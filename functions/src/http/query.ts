import { type FieldError, invalidRequest } from './problem.ts';

/** A longer query string is refused. */
export const MAX_QUERY_CHARACTERS = 8 * 1024;

/** More unknown parameters than this are not listed one by one. */
const MAX_ERRORS = 10;
const MAX_SHOWN_NAME = 50;

/**
 * The parameters of a query string, in linear time.
 * Fails with `invalid_request` if one is unknown or repeated, or if the query string is too long.
 */
export function readQuery(query: string, known: string[]): Record<string, string> {
  const limit = MAX_QUERY_CHARACTERS;
  if (query.length > limit) {
    throw invalidRequest([{ path: '', message: `the query string may have at most ${limit} characters` }]);
  }
  const values = new Map<string, string>();
  const errors = new Map<string, FieldError>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (errors.size === MAX_ERRORS) break;
    if (!known.includes(name)) {
      const path = [...name].slice(0, MAX_SHOWN_NAME).join('');
      errors.set(path, { path, message: `unknown parameter ${path}; ${hint(path, known)}` });
    } else if (values.has(name)) errors.set(name, { path: name, message: 'may be given once' });
    else values.set(name, value);
  }
  if (errors.size > 0) throw invalidRequest([...errors.values()]);
  return Object.fromEntries(values);
}

function hint(name: string, known: string[]): string {
  if (known.length === 0) return 'this endpoint takes none';
  const byDistance = known.map((other) => ({ other, distance: editDistance(name.toLowerCase(), other) }));
  const closest = byDistance.reduce((best, each) => (each.distance < best.distance ? each : best));
  const isClose = closest.distance <= Math.max(name.length, closest.other.length) / 2;
  return isClose ? `did you mean ${closest.other}?` : `this endpoint takes ${known.join(', ')}`;
}

/** Levenshtein distance: the fewest characters to insert, delete or replace. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, character] of [...from].entries()) {
    let diagonal = row[0] ?? 0;
    const next = [i + 1];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = diagonal + Number(character !== to[j - 1]);
      diagonal = row[j] ?? 0;
      next.push(Math.min(replaced, diagonal + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
