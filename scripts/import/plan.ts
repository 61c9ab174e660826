import type { Archive } from './archive.ts';
import { formatCount, formatItems } from './display.ts';
import type { Likes, Skipped } from './likes.ts';
import { type Stored, type Worth, worthOf } from './stored.ts';

/** Firestore's prices as of November 2026, https://cloud.google.com/firestore/pricing */
export const PRICES = {
  asOf: 'November 2026',
  freeWritesPerDay: 20_000,
  region: 'us-central1',
  dollarsPer100000Writes: 0.09,
};

/** Stored, then marked as published. */
const WRITES_PER_TWEET = 2;
/** Merged and queued, then claimed by a retry run and marked as published. */
const WRITES_PER_ENRICHED = 4;

export interface Plan {
  /** The number of tweets by the effect of sending them, without those of an earlier run. */
  worth: Record<Worth, number>;
  /** The number of tweets that an earlier run has handled. */
  done: number;
  writes: number;
  freeDays: number;
  /** The price of the writes beyond the free ones, if all happen in one day. */
  dollars: number;
  minutes: number;
}

/** The plan of an import whose first `done` tweets an earlier run has handled. */
export function makePlan({ tweets }: Likes, stored: Stored, done: number, tweetsPerMinute: number): Plan {
  const worth = { new: 0, enriching: 0, duplicate: 0 };
  for (const tweet of tweets.slice(done)) worth[worthOf(tweet, stored)] += 1;
  const writes = worth.new * WRITES_PER_TWEET + worth.enriching * WRITES_PER_ENRICHED;
  const { freeWritesPerDay, dollarsPer100000Writes } = PRICES;
  return {
    worth,
    done,
    writes,
    freeDays: Math.ceil(writes / freeWritesPerDay),
    dollars: (Math.max(0, writes - freeWritesPerDay) / 100_000) * dollarsPer100000Writes,
    minutes: Math.ceil((worth.new + worth.enriching) / tweetsPerMinute),
  };
}

const MAX_LISTED = 5;

/** The contents of an archive. */
export function formatArchive({ skipped, note }: Archive, likes: Likes): string {
  const { files, tweets, invalid, droppedUrls, repeated, hidden } = likes;
  return [
    'Read:',
    ...files.map(({ name, count }) => `  ${name}: ${formatItems(count, 'like')}`),
    ...(note ? [`  ${note}`] : []),
    ...formatList('Not read', skipped),
    '',
    ...formatCounts([
      [tweets.length + invalid.length + repeated, 'likes in the archive', 'always'],
      [invalid.length, 'invalid, skipped'],
      [repeated, 'repeated in the archive'],
      [
        hidden,
        'without text: X shows a notice instead, since the account is protected, suspended or deleted',
      ],
    ]),
    ...formatList('Invalid', invalid),
    ...formatList('Imported without a URL', droppedUrls),
  ].join('\n');
}

export function formatPlan({ worth, done, writes, freeDays, dollars, minutes }: Plan): string {
  const { asOf, freeWritesPerDay, region, dollarsPer100000Writes } = PRICES;
  const all =
    freeDays <= 1
      ? 'free in one day'
      : `free over ${freeDays} days, or about $${dollars.toFixed(2)} in one day`;
  const cost = [
    '',
    `Firestore writes: about ${formatCount(writes)}, of which ${formatCount(freeWritesPerDay)} a day are free (${asOf}): ${all}` +
      ` ($${dollarsPer100000Writes} for 100,000 in ${region}).`,
    `Time: about ${minutes <= 1 ? 'a minute' : `${formatCount(minutes)} minutes`} at the rate limit of the service.`,
  ];
  return [
    ...formatCounts([
      [done, 'done by an earlier run'],
      [worth.duplicate, 'already stored'],
      [worth.enriching, 'already stored with less data, to be enriched'],
      [worth.new, 'new', 'always'],
    ]),
    ...(writes > 0 ? cost : []),
  ].join('\n');
}

const formatCounts = (lines: [number, string, 'always'?][]) =>
  lines
    .filter(([count, , always]) => count > 0 || always)
    .map(([count, what]) => `${formatCount(count).padStart(9)} ${what}`);

/** The first entries under a title, and the number of the others. */
export function formatList(title: string, places: Skipped[]): string[] {
  if (places.length === 0) return [];
  const first = places.slice(0, MAX_LISTED).map(({ place, reason }) => `  ${place}: ${reason}`);
  const more = places.length - first.length;
  return ['', `${title}:`, ...first, ...(more > 0 ? [`  and ${formatCount(more)} more`] : [])];
}
