const MAX_WAIT_SECONDS = 10;

/** The time to wait, and the value of Preference-Applied (RFC 7240) if a preference was honored. */
export interface Wait {
  milliseconds: number;
  applied: string | null;
}

/**
 * Reads `respond-async` and `wait=N` (whole seconds). With both, the request waits first (RFC 7240 §4.3). The first of a
 * repeated preference counts; unknown preferences are ignored.
 */
export function preferredWait(header: string | undefined, defaultMs: number): Wait {
  const preferences = new Map<string, string>();
  // A quoted string can contain separators and escaped quotes. An unclosed one ends with the header.
  const unquoted = (header ?? '').replace(/"((?:[^"\\]|\\.|\\$)*)(?:"|$)/g, (_, inner: string) =>
    inner.replace(/\\(.)/g, '$1').replace(/[,;=]/g, ' '),
  );
  for (const preference of unquoted.split(',')) {
    const [name = '', value = ''] = (preference.split(';')[0] ?? '').split('=').map((part) => part.trim());
    if (!preferences.has(name.toLowerCase())) preferences.set(name.toLowerCase(), value);
  }
  const asynchronous = preferences.get('respond-async') === '';
  const wait = preferences.get('wait') ?? '';
  const seconds = /^[0-9]{1,9}$/.test(wait) ? Math.min(Number(wait), MAX_WAIT_SECONDS) : null;
  const applied = [
    ...(asynchronous ? ['respond-async'] : []),
    ...(seconds === null ? [] : [`wait=${seconds}`]),
  ];
  const milliseconds = seconds !== null ? seconds * 1000 : asynchronous ? 0 : defaultMs;
  return { milliseconds, applied: applied.join(', ') || null };
}
