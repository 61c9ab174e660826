import { isIP } from 'node:net';
import { networkOf } from '../core/ip.ts';

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
  return { ip, route: `${networkOf(before)} ${networkOf(ip)}` };
}

function clean(entry: string | undefined): string {
  const ip = (entry ?? '').replace(/^::ffff:(?=[0-9.]+$)/i, '');
  return isIP(ip) ? ip : UNKNOWN;
}
