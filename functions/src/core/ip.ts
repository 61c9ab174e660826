import { isIP } from 'node:net';

/** Returns the network that a caller is counted by: an IPv4 address, or the /64 of an IPv6 address. */
export const networkOf = (ip: string) => (isIP(ip) === 6 ? ipv6Network(ip, 64) : ip);

/** Truncates an address for the log, to its /24 (IPv4) or /48 (IPv6). */
export function truncateIp(ip: string): string {
  if (isIP(ip) === 4) return ip.replace(/[0-9]+$/, '0/24');
  return isIP(ip) === 6 ? ipv6Network(ip, 48) : 'unknown';
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
