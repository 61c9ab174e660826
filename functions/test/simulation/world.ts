import type { Paused } from '../../src/brakes/brakes.ts';
import type { AppError } from '../../src/core/errors.ts';
import type { Outbox, QueueOperations } from '../../src/delivery/ports.ts';
import type { TweetStore } from '../../src/tweets/ports.ts';
import type { memoryTweets } from '../support/memory/tweets.ts';
import type { Bug } from './bugs/bug.ts';
import type { Checker } from './checker.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Process, Scheduler } from './scheduler.ts';
import type { Topic } from './topic.ts';

export type Kind = 'capture' | 'deletion' | 'operator' | 'trigger' | 'retryRun';

/** What is stored: the maps that the checks look into, and the verbs that the processes use. */
export type Stored = Pick<ReturnType<typeof memoryTweets>, 'tweets' | 'queue' | 'deleted'>;

/** Everything that one seed's actors share. */
export interface World {
  random: Random;
  profile: Profile;
  scheduler: Scheduler;
  stored: Stored;
  store: TweetStore & Outbox;
  operations: QueueOperations;
  topic: Topic;
  checker: Checker;
  bug: Bug | null;
  /** Whether a commit is being made. Its callbacks stand for what its sender did before it was sent. */
  isCommitting: boolean;
  /** The faults are over. */
  isCalm: boolean;
  /** What the operator has paused, and since when by the scheduler. */
  paused: Paused;
  pausedAt: number | null;
  /** What the wall clocks show at the moment, without any process's own error. */
  wall(): number;
  /** A milliseconds' delay of something that is not down. */
  latency(): number;
  newProcess(name: string): Process;
  /** Its work is over. */
  end(process: Process): void;
  /** Starts the work of a process. */
  as<T>(process: Process, work: () => Promise<T>): Promise<T>;
  /** The error of a database that cannot be reached. */
  unavailable(): AppError;
  /** An error of Firestore that the SDK does not retry, and that may pass. */
  transient(): Error;
  /** Passes what the simulation itself made fail; any other error is a bug. */
  expect(process: Process, error: unknown): void;
  /** Sets all wall clocks. */
  jump(byMs: number): void;
  onCreated(deliver: (id: string) => void): void;
  /** Hears of each message that is handed to Pub/Sub. */
  onHanded(listener: (id: string, by: Process) => void): void;
  handed(id: string, by: Process): void;
  /** A line of the story; what it says is only worked out where somebody reads. */
  tell(who: string, what: () => string): void;
  count(what: string): void;
  fail(what: string): void;
}

const START = Date.parse('2026-03-01T21:00:00Z');
export const wallAt = (milliseconds: number) => START + milliseconds;

/** A tweet as the story calls it. */
export const nameOf = (id: string) => `${id.slice(-1)} of ${id.split('_')[0]}`;
