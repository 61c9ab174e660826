/** The UTF-16 encoding of a text, by its byte order mark or the zeros beside its ASCII characters. Null for others. */
export function utf16(bytes: Buffer): 'utf-16le' | 'utf-16be' | null {
  const start = bytes.subarray(0, 4).toString('latin1');
  if (start.startsWith('\xff\xfe') || /^(?:[\t-~]\0){2}$/.test(start)) return 'utf-16le';
  return start.startsWith('\xfe\xff') || /^(?:\0[\t-~]){2}$/.test(start) ? 'utf-16be' : null;
}
