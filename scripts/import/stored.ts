import { type Client, Unreachable } from '../../client/client.ts';
import type { ArchivedTweet } from './likes.ts';

/** Whether it is stored what an archive could fill in, by tweet id. */
export type Stored = Map<string, { tweetText: boolean; tweetUrl: boolean }>;

/**
 * The tweets that the service has of this user. They come latest first, and one answer may be cut off when it takes long
 * (Hosting does so after a minute): then the next one is asked for from where it ended.
 */
export async function readStored(client: Client, signal: AbortSignal): Promise<Stored> {
  const stored: Stored = new Map();
  let to: string | undefined;
  for (;;) {
    let last: string | undefined;
    const query = { format: 'jsonl' as const, ...(to !== undefined && { to }) };
    const { body } = await client.stream('/api/tweets/export', { query, signal });
    try {
      for await (const line of lines(body)) {
        const { tweetId, tweetText, tweetUrl, createdAt } = JSON.parse(line);
        stored.set(tweetId, { tweetText: tweetText != null, tweetUrl: tweetUrl != null });
        last = createdAt;
      }
      return stored;
    } catch (error) {
      signal.throwIfAborted();
      // Not before the last one: others may have been captured in the same millisecond.
      const next = last && new Date(Date.parse(last) + 1).toISOString();
      if (next === undefined || next === to)
        throw new Unreachable('The export was cut off.', { cause: error });
      to = next;
    }
  }
}

/** Whole lines only; fails where the body does. */
async function* lines(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  if (!body) return;
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest) throw new Error('the last line is not whole');
}

export type Worth = 'new' | 'enriching' | 'duplicate';

/** What sending a tweet would do: an archive may know what was not known when the tweet was stored. */
export function worthOf({ tweetId, tweetText, tweetUrl }: ArchivedTweet, stored: Stored): Worth {
  const known = stored.get(tweetId);
  if (!known) return 'new';
  const isMore = (tweetText !== undefined && !known.tweetText) || (tweetUrl !== undefined && !known.tweetUrl);
  return isMore ? 'enriching' : 'duplicate';
}
