import { capture } from '../../../src/tweets/capture.ts';
import { captureBatch } from '../../../src/tweets/captureBatch.ts';
import { call } from '../../support/call.ts';
import { calledBy, servicesOf } from '../processes.ts';
import type { Process } from '../scheduler.ts';
import { nameOf, type World } from '../world.ts';

const PREFERENCES = ['respond-async', 'respond-async', 'wait=3', 'wait=10', undefined];
const MAX_TRIES = 4;
const MAX_MEDDLED = 10;
/** Dead letters need their time, often more than the faults last. */
const LATE_MS = 30 * 3_600_000;

/** What a request may know of a tweet. */
const DETAILS: [string, unknown][] = [
  ['tweetUrl', 'https://x.com/someone/status/1'],
  ['authorDisplayName', 'Some One'],
  ['capturedAt', 1_772_366_400_000],
  ['threadId', '5'],
  ['hasImage', true],
  ['isReply', false],
];

/**
 * People who like tweets: some like the same one twice or at the same time, or import an archive that knows less of it or
 * more; and a client repeats what failed.
 */
export function captures(world: World): void {
  const { random, profile, scheduler } = world;
  let at = random.whole(0, 1000);
  for (let number = 1; number <= profile.captures; number += 1) {
    const wanted = wish(world);
    const name = `capture ${number}`;
    scheduler.schedule(at, null, () => void request(world, world.newProcess(name), wanted));
    const isBurst = random.chance(0.5);
    at += isBurst ? random.whole(0, 30) : random.magnitude(1, profile.captureWindowMs / profile.captures);
  }
  for (let number = 1; number <= profile.lateCaptures; number += 1) {
    const wanted = wish(world);
    // It is there from the beginning: the day is not over before it has acted.
    const process = world.newProcess(`late capture ${number}`);
    const late = random.whole(0, profile.faultsMs + LATE_MS);
    scheduler.schedule(late, null, () => void request(world, process, wanted));
  }
  let meddled = 0;
  world.onHanded((id, { name: by }) => {
    const isRare = profile.meddling > 0 && by.startsWith('operator');
    if ((world.isCalm && !isRare) || meddled === MAX_MEDDLED) return;
    if (!random.chance(isRare ? 0.7 : profile.meddling)) return;
    meddled += 1;
    const [userId = '', tweetId = ''] = id.split('_');
    const tweets = [{ tweetId, details: detailsOf(world, 0.5) }];
    const wanted = { userId, tweets, source: null, prefer: 'respond-async' };
    const name = `capture meanwhile ${meddled}`;
    const soon = random.magnitude(1, 5000);
    scheduler.schedule(soon, null, () => void request(world, world.newProcess(name), wanted));
  });
}

const detailsOf = ({ random }: World, share: number) =>
  Object.fromEntries(DETAILS.filter(() => random.chance(share)));

interface Wanted {
  userId: string;
  tweets: { tweetId: string; details: object }[];
  /** Null for a capture of one tweet. */
  source: 'archive' | 'chrome-extension' | null;
  prefer: string | undefined;
}

function wish(world: World): Wanted {
  const { random, profile } = world;
  const userId = `user${random.whole(1, profile.users)}`;
  const isBatch = random.chance(profile.batches);
  const tweets = Array.from({ length: isBatch ? random.whole(1, 4) : 1 }, () => ({
    tweetId: `17000000000000000${random.whole(10, 9 + profile.tweets)}`,
    details: detailsOf(world, profile.details),
  }));
  const source = isBatch ? random.pick(['archive', 'archive', 'chrome-extension'] as const) : null;
  return { userId, tweets, source, prefer: random.pick(PREFERENCES) };
}

/** A repeated capture can find the tweet edited meanwhile: what was stored first stays. */
function bodyOf({ tweets, source }: Wanted, name: string) {
  const seen = { tweetText: `as ${name} saw it`, authorUsername: 'someone' };
  const bodies = tweets.map(({ tweetId, details }) => {
    // An archive often has no text, and never an author.
    const known = source === 'archive' ? ('threadId' in details ? { tweetText: seen.tweetText } : {}) : seen;
    return { tweetId, ...known, ...details };
  });
  return source ? { source, tweets: bodies } : bodies[0];
}

async function request(world: World, process: Process, wanted: Wanted, tries = 1): Promise<void> {
  const { random, scheduler, profile } = world;
  const { userId, tweets, source, prefer } = wanted;
  const { name } = process;
  const ids = tweets.map(({ tweetId }) => `${userId}_${tweetId}`);
  const again = () => {
    if (tries >= MAX_TRIES || random.chance(0.3) || scheduler.now() > profile.faultsMs) return;
    const next = `${name.replace(/ again.*/, '')} again ${tries}`;
    scheduler.schedule(
      random.magnitude(500, 60_000),
      null,
      () => void request(world, world.newProcess(next), wanted, tries + 1),
    );
  };
  process.onDeath.push(again);
  const sent = { headers: { Prefer: prefer }, body: bodyOf(wanted, name) };
  world.tell(
    name,
    () =>
      `asks to capture ${ids.map(nameOf).join(', ')} (${[source, prefer].filter(Boolean)}): ${JSON.stringify(sent.body)}`,
  );
  const services = servicesOf(world, process, 'capture');
  const endpoint = calledBy(userId, source ? captureBatch : capture);
  const { status, text, body } = await world.as(process, () => call(endpoint, services, sent));
  if (!process.alive) return;
  world.tell(name, () => `is answered ${status} ${text}`);
  world.count(`answered ${status}`);
  if (status === 200) acknowledge(world, process, ids, source ? body.results : [body]);
  else if (status === 503 && !world.isCalm) again();
  else if (status !== 503) world.fail(`${name} is answered ${status} ${text}`);
  world.end(process);
}

function acknowledge(world: World, process: Process, ids: string[], results: { status: string }[]): void {
  if (results.length !== ids.length) world.fail(`${process.name} is answered about ${results.length} tweets`);
  results.forEach((result, index) => {
    const id = ids[index] as string;
    // Of the same tweet in one batch the first counts.
    if (ids.indexOf(id) === index) world.checker.acknowledge(process, id, result);
    else if (result.status !== 'duplicate') world.fail(`${process.name} captured ${nameOf(id)} twice`);
  });
}
