/** Safari writes the ids of its extensions in upper case, and sends them so; every other host is in lower case. */
const KEEPS_CASE = 'safari-web-extension:';
/** In place of the *, so that the rest is parsed as a URL. */
const STAND_IN = 'any-part-of-the-host';

/**
 * An entry of ALLOWED_ORIGINS in the form in which browsers send it as Origin (RFC 6454): host in lower case and
 * punycode, no default port, no path. One `*` may stand for a part of the host. Null if it is no origin at all.
 */
export function normalizeOrigin(entry: string): string | null {
  const url = /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(entry) ? URL.parse(entry.replace('*', STAND_IN)) : null;
  if (!url?.host || url.username || url.host.includes('*')) return null;
  const host = url.protocol === KEEPS_CASE ? url.host : url.host.toLowerCase();
  return `${url.protocol}//${host.replace(STAND_IN, '*')}`;
}
