import { z } from 'zod';
import { comparableAuthor, tweet, tweetStatus } from './tweet.ts';

const [EARLIEST, LATEST] = [new Date('0001-01-01T00:00:00Z'), new Date('9999-12-31T23:59:59.999Z')];
export const time = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 date-time with offset or Z, a + written as %2B' })
  .transform((value) => new Date(value))
  .refine((value) => value >= EARLIEST && value <= LATEST, 'must be in the years 0001 to 9999');

/** The part of a query that chooses among one's tweets; from (inclusive) and to (exclusive) are times of capture. */
export const filterQuery = {
  status: z.enum(tweetStatus.options, `must be one of ${tweetStatus.options.join(', ')}`).optional(),
  author: tweet.shape.authorUsername.transform(comparableAuthor).optional(),
  from: time.optional(),
  to: time.optional(),
};
