import type { Client } from '../../client/client.ts';
import { BATCH } from '../../functions/src/tweets/captureBatch.ts';
import { CliError } from '../cli/errors.mjs';
import type { ArchivedTweet, Skipped } from './likes.ts';
import type { Progress, ProgressFile } from './progressFile.ts';
import { type Stored, worthOf } from './stored.ts';

const { maxTweets } = BATCH;

export interface Service {
  client: Client;
  /** The number of requests so far whose effect is unknown: no answer came, or an error. */
  lostAnswers(): number;
}

interface Upload {
  service: Service;
  tweets: ArchivedTweet[];
  stored: Stored;
  progress: Progress;
  file: ProgressFile;
  signal: AbortSignal;
  /** Called after each batch. */
  onProgress(progress: Progress): void;
  onInvalid(tweet: Skipped): void;
}

/**
 * Sends the tweets that are new or enrich a stored one, one batch after the other, and writes the progress after each. It
 * can be repeated from the written progress after any interruption: a batch that is sent twice is stored once.
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
    const { batch, duplicates, end } = nextBatch(tweets, stored, progress.done);
    const arrived = new Set(progress.underway);
    const counts = { ...progress.counts };
    const count = (tweetId: string) => {
      counts[arrived.has(tweetId) ? 'new' : 'duplicate'] += 1;
    };
    for (const { tweetId } of duplicates) count(tweetId);

    if (batch.length > 0) {
      const newIds = batch.filter((tweet) => worthOf(tweet, stored) === 'new').map(({ tweetId }) => tweetId);
      file.write({ ...progress, underway: [...arrived, ...newIds] });
      const lost = service.lostAnswers();
      const sent = { source: 'archive' as const, tweets: batch };
      const { body } = await service.client.post('/api/tweets/batch', { body: sent, signal });
      if (body.results.length !== batch.length)
        throw new CliError(`The service returned ${body.results.length} results for ${batch.length} tweets.`);
      if (service.lostAnswers() > lost) for (const tweetId of newIds) arrived.add(tweetId);
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

/** The next tweets to send, the duplicates between them, and the start of the batch after this one. */
function nextBatch(tweets: ArchivedTweet[], stored: Stored, start: number) {
  const batch: ArchivedTweet[] = [];
  const duplicates: ArchivedTweet[] = [];
  let end = start;
  for (; end < tweets.length && batch.length < maxTweets; end += 1) {
    const tweet = tweets[end] as ArchivedTweet;
    (worthOf(tweet, stored) === 'duplicate' ? duplicates : batch).push(tweet);
  }
  return { batch, duplicates, end };
}
