import type { Format } from './textStream.ts';

type Cell = string | number | boolean | null | undefined;

/** Without it, Excel takes UTF-8 for the code page of its machine. */
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The places at which a spreadsheet may start a cell, with the characters that it may skip there: the beginning and, if its
 * separator is not the comma, after a semicolon, a tab or a line break.
 */
const BEGINNING = /(?:^|[;\t\r\n])[\p{Z}\p{C}";]*/gu;
/** Characters that start a formula, also in full width, and our own apostrophe, so that it can be distinguished. */
const FORMULA = new Set("=+-@＝＋－＠'");
/** Spreadsheets keep 15 digits of a number, and no zeros in front. */
const NUMBER = /^[0-9]+$/;

/**
 * Escapes text so that a spreadsheet shows it and runs nothing (see OWASP, "CSV Injection"). An apostrophe is put before a
 * formula, and before a text of digits so that it stays text. NUL, which ends a cell for many readers, becomes U+FFFD.
 */
export function escapeFormulas(text: string): string {
  const readable = text.replaceAll('\0', '\uFFFD');
  if (NUMBER.test(readable)) return `'${readable}`;
  return readable.replace(BEGINNING, (found, at: number) =>
    FORMULA.has(readable.charAt(at + found.length)) ? `${found}'` : found,
  );
}

/** A record of RFC 4180: text in quotes; true, false and numbers as they are; nothing for null. */
export function csvRecord(cells: Cell[]): string {
  const written = cells.map((cell) =>
    typeof cell === 'string' ? `"${escapeFormulas(cell).replaceAll('"', '""')}"` : String(cell ?? ''),
  );
  return `${written.join(',')}\r\n`;
}

/**
 * CSV for spreadsheets (RFC 4180, UTF-8 with a byte order mark): a row of names, and a row of these cells for each value.
 * Without `header` there are only the latter, to be appended to an earlier part.
 */
export const csv = <Column extends string>(
  columns: readonly Column[],
  { header = true } = {},
): Format<{ [Name in Column]?: Cell }> => ({
  contentType: `text/csv; charset=utf-8; header=${header ? 'present' : 'absent'}`,
  head: header ? BYTE_ORDER_MARK + csvRecord([...columns]) : '',
  write: (value) => csvRecord(columns.map((column) => value[column])),
});
