import { MAX_ATTEMPTS, RETRY_SCHEDULE } from '../../src/delivery/policy.ts';
import type { QueueItem } from '../../src/delivery/queueItem.ts';
import type { Process } from './scheduler.ts';
import { nameOf, type World } from './world.ts';

interface Claim {
  process: Process;
  /** By its own clock. */
  at: number;
}

/** Who holds which item, and how often each was tried. */
export function claims(world: World) {
  const holders = new Map<string, Claim>();
  const lastClaimants = new Map<string, Process>();
  const rounds = new Map<Process, number>();
  /** For each item, its claims since it was queued or an operator set its attempts back, and whether a run tried it. */
  const tries = new Map<string, Map<string, boolean>>();
  const stopped = new Set<Process>();
  const lifeMs = RETRY_SCHEDULE.timeoutSeconds * 1000;

  const isLive = ({ process, at }: Claim) =>
    process.alive && world.scheduler.now() < process.startedAt + lifeMs && world.wall() < at + lifeMs;
  const drop = (process: Process, ids: (id: string) => boolean) => {
    for (const [id, claim] of holders) if (claim.process === process && ids(id)) holders.delete(id);
  };

  const claimOf = (process: Process) => `${process.name}, ${rounds.get(process)}`;

  return {
    /** The commit of a claim. */
    claimed: (id: string, process: Process) => void lastClaimants.set(id, process),
    isLastClaimant: (id: string, process: Process) => lastClaimants.get(id) === process,

    /** What a run was given. */
    taken(process: Process, now: Date, items: QueueItem[]) {
      rounds.set(process, (rounds.get(process) ?? 0) + 1);
      for (const { id, status } of items) {
        if (status === 'failed') continue;
        const rival = holders.get(id);
        if (rival && isLive(rival))
          world.fail(`${nameOf(id)} is claimed by ${process.name} while ${rival.process.name} holds it`);
        holders.set(id, { process, at: now.getTime() });
        const mine = tries.get(id) ?? new Map();
        tries.set(id, mine.set(claimOf(process), false));
      }
    },

    handed(process: Process, id: string) {
      if (!rounds.has(process)) return;
      if (stopped.has(process)) world.fail(`${process.name} goes on publishing after it met an outage`);
      const mine = tries.get(id);
      if (mine?.has(claimOf(process))) mine.set(claimOf(process), true);
      const tried = [...(mine ?? [])].filter(([, isTried]) => isTried).map(([name]) => name);
      if (tried.length > MAX_ATTEMPTS)
        world.fail(`${nameOf(id)} was tried under ${tried.length} claims: ${tried.join('; ')}`);
    },

    isHeld(id: string) {
      const claim = holders.get(id);
      return claim !== undefined && isLive(claim);
    },

    /** It has left the queue, or is in it anew. */
    released: (id: string) => void holders.delete(id),
    startsAnew: (id: string) => void tries.delete(id),

    failed(process: Process, kind: string) {
      if (kind === 'outage' && rounds.has(process)) stopped.add(process);
    },

    settled(process: Process, outcomes: ({ id: string } | { item: { id: string } })[]) {
      const ids = new Set(outcomes.map((outcome) => ('item' in outcome ? outcome.item.id : outcome.id)));
      drop(process, (id) => ids.has(id));
    },

    ended: (process: Process) => drop(process, () => true),
  };
}
