import { RETRY_SETTINGS } from '../../src/delivery/policy.ts';
import type { ClaimLimit } from '../../src/delivery/ports.ts';

/** The limit of a claim of up to `maxClaimItems` items. */
export const upTo = (maxClaimItems: number): ClaimLimit => ({
  maxClaimItems,
  maxClaimBytes: RETRY_SETTINGS.maxClaimBytes,
});
