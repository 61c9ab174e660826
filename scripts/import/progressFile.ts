import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../lib/project.mjs';
import type { ArchivedTweet } from './likes.ts';

export interface Progress {
  /** How many of the archive's tweets are done, in its order. */
  done: number;
  /** Sent, and not yet known to have arrived: that they are stored is this import's work. */
  underway: string[];
  counts: { new: number; duplicate: number; enriched: number; invalid: number };
}

export type ProgressFile = ReturnType<typeof progressFile>;

/** How far the import of these tweets has come for one user of one server. */
export function progressFile(
  server: string,
  userId: string,
  tweets: readonly ArchivedTweet[],
  folder = join(cache, 'import'),
) {
  const key = createHash('sha256').update(JSON.stringify([server, userId]));
  // Not of the files: a later version of this may read more out of them, and a place counts these tweets.
  for (const tweet of tweets) key.update(JSON.stringify(tweet));
  const path = join(folder, `${key.digest('hex')}.json`);
  return {
    read(): Progress {
      try {
        return JSON.parse(readFileSync(path, 'utf8'));
      } catch {
        return { done: 0, underway: [], counts: { new: 0, duplicate: 0, enriched: 0, invalid: 0 } };
      }
    },
    /** Written aside and renamed: a crash, or another import at the same time, leaves the old one or a new one. */
    write(progress: Progress) {
      mkdirSync(folder, { recursive: true });
      const draft = `${path}.${process.pid}.draft`;
      writeFileSync(draft, JSON.stringify(progress), { flush: true });
      renameSync(draft, path);
    },
    remove: () => rmSync(path, { force: true }),
  };
}
