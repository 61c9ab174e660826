import { z } from 'zod';
import { dateTime } from '../http/dateTime.ts';
import { comparableAuthor, liveTweetFields, tweetStatus } from './tweet.ts';

const [EARLIEST, LATEST] = [new Date('0001-01-01T00:00:00Z'), new Date('9999-12-31T23:59:59.999Z')];
export const time = dateTime({ hint: ', a + written as %2B' })
  .transform((value) => new Date(value))
  .refine((value) => value >= EARLIEST && value <= LATEST, 'must be in the years 0001 to 9999');

/** The filters of a list of tweets. from (inclusive) and to (exclusive) are times of capture. */
export const filterQuery = {
  status: z.enum(tweetStatus.options, `must be one of ${tweetStatus.options.join(', ')}`).optional(),
  author: liveTweetFields.shape.authorUsername
    .transform(comparableAuthor)
    .refine((author) => author !== '', 'must have at least 1 character')
    .optional()
    .meta({ description: 'User name, with or without @; case is ignored' }),
  from: time.optional(),
  to: time.optional(),
};
