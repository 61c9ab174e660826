import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../project.mjs';
import type { ArchivedTweet } from './likes.ts';

export interface Progress {
  /** The number of tweets that are done, in the order of the archive. */
  done: number;
  /** IDs that were sent without an answer so far: if the service has them, this import stored them. */
  underway: string[];
  counts: { new: number; duplicate: number; enriched: number; invalid: number };
}

export type ProgressFile = ReturnType<typeof progressFile>;

/** The file with the progress of an import, by server, user and tweets. */
export function progressFile(
  server: string,
  userId: string,
  tweets: readonly ArchivedTweet[],
  folder = join(cache, 'import'),
) {
  const key = createHash('sha256').update(JSON.stringify([server, userId]));
  // Hashes the tweets, not the files: a later version may read other tweets from the same files.
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
    /** Writes a draft and renames it, so that a crash leaves a complete file. */
    write(progress: Progress) {
      mkdirSync(folder, { recursive: true });
      const draft = `${path}.${process.pid}.draft`;
      writeFileSync(draft, JSON.stringify(progress), { flush: true });
      renameSync(draft, path);
    },
    remove: () => rmSync(path, { force: true }),
  };
}
