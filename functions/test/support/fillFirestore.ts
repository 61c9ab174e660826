import type { Firestore } from 'firebase-admin/firestore';
import type { TweetFields } from '../../src/tweets/tweet.ts';
import { sampleCapture } from './samples.ts';

const BATCH = 400;

/** Writes published tweets of a user in bulk, three of them captured at each millisecond. */
export async function fillFirestore(
  db: Firestore,
  userId: string,
  count: number,
  different: Partial<TweetFields> = {},
): Promise<void> {
  const now = Date.now();
  for (let start = 0; start < count; start += BATCH) {
    const batch = db.batch();
    for (let each = start; each < Math.min(start + BATCH, count); each += 1) {
      const { id, fields: tweet, ...capture } = sampleCapture(new Date(now - Math.floor(each / 3)), userId);
      batch.set(db.doc(`tweets/${id}`), {
        ...capture,
        status: 'published',
        author: tweet.authorUsername,
        pubsubMessageId: 'projects/p/topics/t/messages/1',
        publishedAt: new Date(now),
        rawData: { ...tweet, ...different },
        tweetId: tweet.tweetId,
      });
    }
    await batch.commit();
  }
}
