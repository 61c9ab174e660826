import { DatabaseSync } from 'node:sqlite';
import type { Received } from './message.ts';

/** The received tweets in an SQLite file. A saved tweet is on disk, so its message can be acknowledged. */
export function openRecord(file: string) {
  const db = new DatabaseSync(file, { timeout: 5000 });
  // WAL allows concurrent readers. In this mode only FULL syncs each commit to disk.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec(
    'CREATE TABLE IF NOT EXISTS tweets (dedupeKey TEXT PRIMARY KEY, revision INTEGER NOT NULL, tweet TEXT NOT NULL)',
  );
  const upsert = db.prepare(
    `INSERT INTO tweets (dedupeKey, revision, tweet) VALUES (?, ?, ?)
     ON CONFLICT (dedupeKey) DO UPDATE SET revision = excluded.revision, tweet = excluded.tweet
     WHERE excluded.revision > tweets.revision`,
  );
  return {
    /** Returns whether it is new: a tweet, or a later revision, that was not saved before. */
    save: ({ dedupeKey, revision, tweet }: Received): boolean =>
      upsert.run(dedupeKey, revision, JSON.stringify(tweet)).changes === 1,
    close: () => db.close(),
  };
}
