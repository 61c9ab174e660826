import type { Archive } from './archive.ts';
import { counted, many } from './display.ts';
import type { LeftOut, Likes } from './likes.ts';
import { type Stored, type Worth, worthOf } from './stored.ts';

/** Firestore's prices as of November 2026, https://cloud.google.com/firestore/pricing */
export const PRICES = {
  asOf: 'November 2026',
  freeWritesPerDay: 20_000,
  region: 'us-central1',
  dollarsPer100000Writes: 0.09,
};

/** Stored, and then known as published. */
const WRITES_PER_TWEET = 2;
/** Filled in and queued again, then claimed by a retry run and known as published. */
const WRITES_PER_ENRICHED = 4;

export interface Plan {
  /** In the order of the archive, from where an earlier run stopped. */
  worth: Record<Worth, number>;
  done: number;
  writes: number;
  freeDays: number;
  /** Of the writes beyond the free ones, when all are made in one day. */
  dollars: number;
  minutes: number;
}

/** What an import will do, of which the first `done` tweets are done. */
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

const SHOWN = 5;

/** What the archive itself tells, in words. */
export function archiveInWords({ skipped, note }: Archive, likes: Likes): string {
  const { files, tweets, invalid, droppedUrls, repeated, hidden } = likes;
  return [
    'Read:',
    ...files.map(({ name, count }) => `  ${name}: ${counted(count, 'like')}`),
    ...(note ? [`  ${note}`] : []),
    ...listed('Not looked at', skipped),
    '',
    ...amounts([
      [tweets.length + invalid.length + repeated, 'likes in the archive', 'always'],
      [invalid.length, 'invalid, left out'],
      [repeated, 'repeated in the archive'],
      [
        hidden,
        "without their text, which X does not show: their author's account is protected, suspended or gone",
      ],
    ]),
    ...listed('Invalid', invalid),
    ...listed('Imported without their address', droppedUrls),
  ].join('\n');
}

/** The plan in words; what it costs only if it does something. */
export function planInWords({ worth, done, writes, freeDays, dollars, minutes }: Plan): string {
  const { asOf, freeWritesPerDay, region, dollarsPer100000Writes } = PRICES;
  const all =
    freeDays <= 1
      ? 'one day is enough'
      : `${freeDays} days to stay free, all at once about $${dollars.toFixed(2)}`;
  const cost = [
    '',
    `Firestore writes: about ${many(writes)}, of which ${many(freeWritesPerDay)} a day are free (${asOf}): ${all}` +
      ` ($${dollarsPer100000Writes} for 100,000 in ${region}).`,
    `Time: about ${minutes <= 1 ? 'a minute' : `${many(minutes)} minutes`} at the rate limit of the service.`,
  ];
  return [
    ...amounts([
      [done, 'done by an earlier run of this import'],
      [worth.duplicate, 'stored already'],
      [worth.enriching, 'stored with less than the archive knows, to be filled in'],
      [worth.new, 'new', 'always'],
    ]),
    ...(writes > 0 ? cost : []),
  ].join('\n');
}

const amounts = (lines: [number, string, 'always'?][]) =>
  lines
    .filter(([count, , always]) => count > 0 || always)
    .map(([count, what]) => `${many(count).padStart(9)} ${what}`);

/** The first of what is left out, under a title. */
export function listed(title: string, places: LeftOut[]): string[] {
  if (places.length === 0) return [];
  const first = places.slice(0, SHOWN).map(({ place, reason }) => `  ${place}: ${reason}`);
  const more = places.length - first.length;
  return ['', `${title}:`, ...first, ...(more > 0 ? [`  and ${many(more)} more`] : [])];
}
