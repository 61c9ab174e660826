import { isIP } from 'node:net';
import { networkOf } from '../core/ip.ts';

/** Stands for every caller whose address is not known, so that they share one limit. */
const UNKNOWN = 'unknown';

/** The origin of a request. */
export interface Origin {
  /** The caller's IP address, or `unknown`. */
  ip: string;
  /**
   * The address and the entry before it. A caller can forge that entry, but not together with an address of somebody else,
   * so it distinguishes a person from strangers behind the same proxy.
   */
  route: string;
}

/**
 * Returns the origin of a request. The IP address is the entry of X-Forwarded-For that the first of the trusted hops has
 * added, counted from the end. If there are fewer entries than hops it is the last one; without entries it is the peer.
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
  return { ip, route: `${networkOf(before)} ${networkOf(ip)}` };
}

function clean(entry: string | undefined): string {
  const ip = (entry ?? '').replace(/^::ffff:(?=[0-9.]+$)/i, '');
  return isIP(ip) ? ip : UNKNOWN;
}
