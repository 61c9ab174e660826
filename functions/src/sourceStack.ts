import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';

/** A place in a stack: an absolute path of a script, its line and its column. */
const PLACE = /(\/[^\s():]+):(\d+):(\d+)/g;

/**
 * The same error, with a stack that names our sources in place of the bundle, for when it is told to somebody. Node's own
 * support for source maps reads them all for the first stack that is taken, and Firestore's client takes one for each call.
 */
export function namingSources<E>(error: E): E {
  if (!(error instanceof Error) || !error.stack) return error;
  const maps = new Map<string, SourceMap | null>();
  error.stack = error.stack.replace(PLACE, (place, file: string, line: string, column: string) => {
    const map = maps.get(file) ?? mapOf(file);
    maps.set(file, map);
    const origin = map?.findOrigin(Number(line), Number(column));
    if (!origin || !('fileName' in origin)) return place;
    return `${resolve(dirname(file), origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`;
  });
  return error;
}

function mapOf(file: string): SourceMap | null {
  const path = `${file}.map`;
  return existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8'))) : null;
}
