import { DatabaseSync } from 'node:sqlite';
import type { Received } from './message.ts';

/** Every tweet that was received, in an SQLite file. What is kept is on the disk: only then may its message be acknowledged. */
export function openRecord(file: string) {
  const db = new DatabaseSync(file, { timeout: 5000 });
  // Others may read meanwhile; FULL is what makes each write reach the disk in this mode.
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
    /** Answers whether it is news: a tweet, or a revision of one, that has not been seen yet and is not overtaken. */
    keep: ({ dedupeKey, revision, tweet }: Received): boolean =>
      upsert.run(dedupeKey, revision, JSON.stringify(tweet)).changes === 1,
    close: () => db.close(),
  };
}
