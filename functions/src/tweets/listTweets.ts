import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { pageOf, pageQuery, readPage } from '../http/page.ts';
import { item, toItem } from './item.ts';
import { comparableAuthor, tweet, tweetStatus } from './tweet.ts';

const [EARLIEST, LATEST] = [new Date('0001-01-01T00:00:00Z'), new Date('9999-12-31T23:59:59.999Z')];
const time = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 date-time with offset or Z, a + written as %2B' })
  .transform((value) => new Date(value))
  .refine((value) => value >= EARLIEST && value <= LATEST, 'must be in the years 0001 to 9999');

export const listTweets = endpoint({
  name: 'listTweets',
  method: 'GET',
  path: '/api/tweets',
  summary: 'My tweets, the latest captured first; from (inclusive) and to (exclusive) are times of capture',
  access: 'bearer',
  counting: 'lenient',
  query: z.object({
    ...pageQuery,
    status: z.enum(tweetStatus.options, `must be one of ${tweetStatus.options.join(', ')}`).optional(),
    author: tweet.shape.authorUsername.transform(comparableAuthor).optional(),
    from: time.optional(),
    to: time.optional(),
  }),
  request: null,
  responses: { 200: pageOf(item) },
  failures: [],

  async handle({ caller: { userId }, query: { status, author, from, to, ...page } }, { tweetLists }) {
    const filters = { status, author, from, to };
    const list = { of: 'tweets', userId, ...filters };
    const { items, nextCursor } = await readPage(page, list, (limit, after) =>
      tweetLists.tweets(userId, filters, limit, after),
    );
    return { status: 200, body: { items: items.map(toItem), nextCursor } };
  },
});
