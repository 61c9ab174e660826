import type { Random } from './random.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * What a seed's world is like. Each kind of fault is wholly absent from many seeds: where everything fails all the
 * time, hardly anything gets far enough to go wrong in an interesting way.
 */
export type Profile = ReturnType<typeof createProfile>;

export function createProfile(random: Random) {
  const sometimes = (often: number, min: number, max: number) =>
    random.chance(often) ? random.magnitude(min, max) : 0;
  const captureWindowMs = random.magnitude(SECOND, 6 * HOUR);
  return {
    captures: random.whole(1, 12),
    users: random.whole(1, 2),
    tweets: random.whole(1, 5),
    captureWindowMs,
    /** How many requests are a batch, most of them from an archive. */
    batches: sometimes(0.6, 0.1, 0.7),
    /** How often a request knows a certain field of a tweet. */
    details: sometimes(0.6, 0.1, 0.6),
    /** How often somebody captures a tweet, and knows more of it, while its message is on the way. */
    meddling: sometimes(0.3, 0.05, 0.6),
    /** Captures of what was captured long before. */
    lateCaptures: random.chance(0.25) ? random.whole(1, 2) : 0,
    /** Faults end then. */
    faultsMs: captureWindowMs + random.magnitude(MINUTE, 30 * HOUR),
    /** Few tweets should fill many batches now and then. */
    batch: random.pick([1, 2, 3, 150]),
    /** A message has some 500 bytes. */
    batchBytes: random.pick([600, 1200, 100_000, 100_000]),
    firestore: {
      failsBefore: sometimes(0.5, 0.01, 0.3),
      failsAfter: sometimes(0.5, 0.01, 0.3),
      /** A code that the SDK does not retry; with the commit applied, or without. */
      transient: sometimes(0.4, 0.01, 0.3),
      /** The connection dies without a word, and is given up after a while. */
      silent: sometimes(0.3, 0.01, 0.2),
      contention: sometimes(0.4, 0.05, 0.5),
      /** The client library repeats a commit whose answer got lost. */
      repeats: sometimes(0.4, 0.05, 0.5),
      slow: sometimes(0.4, 0.01, 0.3),
    },
    pubsub: {
      hasOutages: random.chance(0.6),
      /** Takes the messages, and answers when nobody waits any more. */
      answersLate: sometimes(0.4, 0.02, 0.5),
      /** Of a tweet: its message is refused for good, or until the faults end. */
      refused: sometimes(0.25, 0.1, 0.6),
      /** Of a tweet: who publishes it dies of it. */
      deadly: sometimes(0.15, 0.1, 0.6),
    },
    trigger: {
      lost: sometimes(0.5, 0.05, 1),
      late: sometimes(0.5, 0.05, 1),
      doubled: sometimes(0.5, 0.05, 0.8),
    },
    retryRun: {
      overlaps: sometimes(0.5, 0.1, 1),
      missed: sometimes(0.3, 0.1, 0.8),
    },
    /** Before each step of a process. */
    death: sometimes(0.5, 0.001, 0.1),
    freeze: sometimes(0.4, 0.003, 0.1),
    clockJumps: random.chance(0.4) ? random.whole(1, 4) : 0,
    skewMs: sometimes(0.5, 1, 5 * SECOND),
    operations: random.chance(0.4) ? random.whole(1, 6) : 0,
    /** How often the operator pauses publishing, each time for hours. */
    pauses: random.chance(0.3) ? random.whole(1, 3) : 0,
    deletions: random.chance(0.3) ? random.whole(1, 3) : 0,
  };
}
