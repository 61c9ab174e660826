import { z } from 'zod';
import { Failure, PublishFailure } from '../failures.ts';
import { endpoint } from '../http/endpoint.ts';
import { requeued, toMessage, toQueueItem } from '../tweets/delivery.ts';
import { captureId, keptTweet, type StoredTweet } from '../tweets/tweet.ts';

export const republish = endpoint({
  name: 'republish',
  method: 'POST',
  path: '/api/admin/tweets/{userId}/{tweetId}/republish',
  summary:
    'Publish a tweet once more, whatever has become of it: the same message, or queue it while Pub/Sub is down',
  access: 'admin',
  counting: 'lenient',
  params: z.object({ userId: z.uuid().toLowerCase(), tweetId: keptTweet.shape.tweetId }),
  request: null,
  responses: {
    200: z.discriminatedUnion('status', [
      z.object({
        status: z.literal('published'),
        messageId: z.string().meta({ examples: ['projects/tweets/topics/tweet-likes-raw/messages/17'] }),
      }),
      z.object({ status: z.literal('queued') }),
    ]),
  },
  failures: ['not_found'],

  async handle({ params, caller, audit, log }, { tweets, queueOperations, publisher, clock }) {
    const { userId, sessionId } = caller;
    const id = captureId(params.userId, params.tweetId);
    const read = async () => {
      const found = await tweets.read(id);
      if (!found) throw new Failure('not_found', 'There is no such tweet.');
      return found;
    };
    let found = await read();
    // Before the message is out: of a republish that dies half-way somebody should know, too.
    await audit('admin_republish', 'success', { userId, sessionId, reason: params.tweetId });

    for (;;) {
      let messageId: string;
      try {
        [messageId] = (await publisher.publish([toMessage(found)])) as [string];
      } catch (error) {
        if (!(error instanceof PublishFailure)) throw error;
        const now = clock.now();
        const toItem = (tweet: StoredTweet) => toQueueItem(tweet, error.message, now);
        await queueOperations.queueAgain(id, toItem, (item) => requeued(item, now));
        log('WARNING', 'tweet_queued', { id, reason: error.message });
        return { status: 200, body: { status: 'queued' as const } };
      }
      if ((await queueOperations.settleRepublished(found, messageId, clock.now())) === 'settled') {
        log('INFO', 'tweet_republished', { id, messageId });
        return { status: 200, body: { status: 'published' as const, messageId } };
      }
      // A capture has added to it meanwhile: that goes out, too.
      found = await read();
    }
  },
});
