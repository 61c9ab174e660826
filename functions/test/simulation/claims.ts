import { TUNING } from '../../src/config.ts';
import type { QueueItem } from '../../src/tweets/delivery.ts';
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
  /** For each item, the claims under which a run handed it to Pub/Sub. */
  const tries = new Map<string, Set<string>>();
  const stopped = new Set<Process>();
  const lifeMs = TUNING.retryRun.timeoutSeconds * 1000;

  const isLive = ({ process, at }: Claim) =>
    process.alive && world.scheduler.now() < process.startedAt + lifeMs && world.wall() < at + lifeMs;
  const drop = (process: Process, ids: (id: string) => boolean) => {
    for (const [id, claim] of holders) if (claim.process === process && ids(id)) holders.delete(id);
  };

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
      }
    },

    handed(process: Process, id: string) {
      const round = rounds.get(process);
      if (round === undefined) return;
      if (stopped.has(process)) world.fail(`${process.name} goes on publishing after it met an outage`);
      const tried = (tries.get(id) ?? new Set()).add(`${process.name}, ${round}`);
      tries.set(id, tried);
      if (tried.size > TUNING.maxAttempts)
        world.fail(`${nameOf(id)} was tried under ${tried.size} claims: ${[...tried].join('; ')}`);
    },

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
