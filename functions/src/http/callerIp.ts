import { isIP } from 'node:net';

/** Stands for every caller whose address is not known, so that they share one limit. */
const UNKNOWN = 'unknown';

/** Where a request comes from. */
export interface Origin {
  /** The caller's IP address, or `unknown`. */
  ip: string;
  /**
   * The address and the entry before it. What a caller writes there is worth nothing by itself, but together with an
   * address that is not theirs it cannot be forged: so a person is told from strangers behind one proxy.
   */
  route: string;
}

/**
 * The IP address is the entry of X-Forwarded-For that the first of the trusted hops wrote, counted from the end, where
 * callers cannot write. With fewer entries than hops it is the last one; with none, the peer.
 */
export function originOf(
  forwardedFor: string | undefined,
  peer: string | undefined,
  trustedHops: number,
): Origin {
  const entries = (forwardedFor ?? '').split(',').map((entry) => entry.trim());
  const position = entries.length - (entries.length >= trustedHops ? trustedHops : 1);
  const ip = clean(entries[position] || peer);
  const before = clean(entries[position - 1]);
  return { ip, route: `${callerNetwork(before)} ${callerNetwork(ip)}` };
}

/** What one caller is counted by: an IPv4 address, or the /64 that an IPv6 host can choose its addresses from. */
export const callerNetwork = (ip: string) => (isIP(ip) === 6 ? ipv6Network(ip, 64) : ip);

/** What may be shown of an address in a log: its /24 (IPv4) or /48 (IPv6). */
export function truncatedIp(ip: string): string {
  if (isIP(ip) === 4) return ip.replace(/[0-9]+$/, '0/24');
  return isIP(ip) === 6 ? ipv6Network(ip, 48) : UNKNOWN;
}

function clean(entry: string | undefined): string {
  const ip = (entry ?? '').replace(/^::ffff:(?=[0-9.]+$)/i, '');
  return isIP(ip) ? ip : UNKNOWN;
}

function ipv6Network(ip: string, bits: 48 | 64): string {
  // The URL parser writes an address in its shortest form (RFC 5952), whatever its spelling was.
  const { hostname } = new URL(`http://[${ip.replace(/%.*$/, '')}]`);
  const [head = [], tail = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter(Boolean));
  const groups = [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
  return `${groups.slice(0, bits / 16).join(':')}::/${bits}`;
}
