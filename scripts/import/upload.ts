import type { Client } from '../../client/client.ts';
import { TUNING } from '../../functions/src/config.ts';
import { Failure } from '../lib/command.mjs';
import type { ArchivedTweet, LeftOut } from './likes.ts';
import type { Progress, ProgressFile } from './progressFile.ts';
import { type Stored, worthOf } from './stored.ts';

const { mostTweets } = TUNING.batch;

export interface Service {
  client: Client;
  /** How often no answer came so far, or none that tells what was done. */
  answersLost(): number;
}

interface Upload {
  service: Service;
  tweets: ArchivedTweet[];
  stored: Stored;
  progress: Progress;
  file: ProgressFile;
  signal: AbortSignal;
  /** Told after each batch. */
  onProgress(progress: Progress): void;
  onInvalid(tweet: LeftOut): void;
}

/**
 * Sends what is worth it, one batch after the other, and keeps how far it is after each. Whatever ends it, it can be
 * called again with what the file says: a batch that is sent twice is stored once.
 */
export async function upload({
  service,
  tweets,
  stored,
  file,
  signal,
  onProgress,
  onInvalid,
  ...before
}: Upload) {
  let { progress } = before;
  while (progress.done < tweets.length) {
    signal.throwIfAborted();
    const { batch, passed, end } = nextBatch(tweets, stored, progress.done);
    const arrived = new Set(progress.underway);
    const counts = { ...progress.counts };
    const count = (tweetId: string) => {
      counts[arrived.has(tweetId) ? 'new' : 'duplicate'] += 1;
    };
    for (const { tweetId } of passed) count(tweetId);

    if (batch.length > 0) {
      const news = batch.filter((tweet) => worthOf(tweet, stored) === 'new').map(({ tweetId }) => tweetId);
      file.write({ ...progress, underway: [...arrived, ...news] });
      const lost = service.answersLost();
      const sent = { source: 'archive' as const, tweets: batch };
      const { body } = await service.client.post('/api/tweets/batch', { body: sent, signal });
      if (body.results.length !== batch.length)
        throw new Failure(`The answer speaks of ${body.results.length} of ${batch.length} tweets.`);
      if (service.answersLost() > lost) for (const tweetId of news) arrived.add(tweetId);
      for (const result of body.results) {
        if (result.status === 'queued') counts.new += 1;
        else if (result.status === 'duplicate' && result.enriched) counts.enriched += 1;
        else if (result.status === 'duplicate') count(result.tweetId);
        else {
          counts.invalid += 1;
          const reason = result.errors.map(({ path, message }) => `${path} ${message}`).join(', ');
          onInvalid({ place: `tweet ${result.tweetId}`, reason });
        }
      }
    }
    progress = { done: end, underway: [], counts };
    file.write(progress);
    onProgress(progress);
  }
  return progress;
}

/** The next tweets to send, those before its end that need not be, and where the one after it starts. */
function nextBatch(tweets: ArchivedTweet[], stored: Stored, start: number) {
  const batch: ArchivedTweet[] = [];
  const passed: ArchivedTweet[] = [];
  let end = start;
  for (; end < tweets.length && batch.length < mostTweets; end += 1) {
    const tweet = tweets[end] as ArchivedTweet;
    (worthOf(tweet, stored) === 'duplicate' ? passed : batch).push(tweet);
  }
  return { batch, passed, end };
}
