import { many } from './display.ts';
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

/** The plan in words. */
export function inWords({ tweets, invalid, droppedUrls, repeated }: Likes, plan: Plan): string {
  const { worth, done, writes, freeDays, dollars, minutes } = plan;
  const { asOf, freeWritesPerDay, region, dollarsPer100000Writes } = PRICES;
  const counted: [number, string][] = [
    [tweets.length + invalid.length + repeated, 'likes in the archive'],
    [invalid.length, 'invalid, left out'],
    [repeated, 'repeated in the archive'],
    [done, 'done by an earlier run of this import'],
    [worth.duplicate, 'stored already'],
    [worth.enriching, 'stored with less than the archive knows, to be filled in'],
    [worth.new, 'new'],
  ];
  return [
    ...counted
      .filter(([count], index) => count > 0 || index === 0 || index === 6)
      .map(([count, what]) => `${many(count).padStart(9)} ${what}`),
    ...listed('Invalid', invalid),
    ...listed('Imported without their address', droppedUrls),
    '',
    `Firestore writes: about ${many(writes)}, of which ${many(freeWritesPerDay)} a day are free (${asOf}): ` +
      `${freeDays <= 1 ? 'one day is enough' : `${freeDays} days to stay free, all at once about $${dollars.toFixed(2)}`}` +
      ` ($${dollarsPer100000Writes} for 100,000 in ${region}).`,
    `Time: about ${minutes <= 1 ? 'a minute' : `${many(minutes)} minutes`} at the rate limit of the service.`,
  ].join('\n');
}

/** The first of what is left out, under a title. */
export function listed(title: string, places: LeftOut[]): string[] {
  if (places.length === 0) return [];
  const first = places.slice(0, SHOWN).map(({ place, reason }) => `  ${place}: ${reason}`);
  const more = places.length - first.length;
  return ['', `${title}:`, ...first, ...(more > 0 ? [`  and ${many(more)} more`] : [])];
}
