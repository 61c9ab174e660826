import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';

/** The values of JSON Lines, each of which ends its line. */
export function linesOf(text: string): Record<string, unknown>[] {
  const lines = text.split('\n');
  assert.equal(lines.pop(), '');
  return lines.map((line) => JSON.parse(line));
}

/** The rows of a CSV with a byte order mark, by the names in its first one. Fails where one is longer or shorter. */
export function rowsOf(text: string): Record<string, string>[] {
  assert.ok(text.startsWith('\uFEFF') && text.endsWith('\r\n'));
  return parse(text, { bom: true, columns: true, record_delimiter: '\r\n' });
}
