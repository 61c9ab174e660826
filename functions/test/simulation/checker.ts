import { isDeepStrictEqual } from 'node:util';
import { FRESH_EVENT_MS, ORPHAN_AFTER_MS } from '../../src/delivery/policy.ts';
import type { OutboundMessage, QueueItem } from '../../src/delivery/queueItem.ts';
import type { StoredTweet } from '../../src/tweets/tweet.ts';
import { claims } from './claims.ts';
import { isRead } from './firestore.ts';
import type { Process } from './scheduler.ts';
import { isMove, stateOf } from './states.ts';
import { messageOf, type View, viewOf } from './views.ts';
import { nameOf, type World } from './world.ts';

export type Checker = ReturnType<typeof createChecker>;

/** Watches every commit, message and answer, and says what breaks a promise. */
export function createChecker(world: World, created: (id: string) => void) {
  const views = new Map<string, View>();
  const expected = new Map<string, OutboundMessage>();
  const creators = new Map<string, Process>();
  const createdAt = new Map<string, number>();
  const enrichers = new Map<string, Process[]>();
  const deletions = new Map<string, { process: Process; at: number }>();
  const acknowledged = new Set<string>();
  const told = new Set<string>();
  const held = claims(world);

  const isInTopic = (id: string, messageId: string, revision?: number) => {
    const { dedupeKey, revision: published = 1 } = world.topic.taken.get(messageId)?.attributes ?? {};
    return dedupeKey === id && (revision === undefined || revision === Number(published));
  };
  const revisionOf = (id: string, revision: number) => `${id} ${revision}`;

  /** While publishing is paused, only an admin publishes: no run that began then, and no trigger of what was captured then. */
  const isKeptBack = (id: string, { name, startedAt }: Process) => {
    const { pausedAt } = world;
    if (pausedAt === null) return false;
    if (name.startsWith('retry run')) return startedAt > pausedAt;
    return name.startsWith('trigger') && (creators.get(id)?.startedAt ?? 0) > pausedAt;
  };

  /** Clocks that were set meanwhile tell nothing; the seconds are the clocks' own errors. */
  const isHasty = (before: View | undefined, process: Process) =>
    world.profile.clockJumps === 0 &&
    world.wall() + process.skewMs + 10_000 < (before?.pendingSince ?? 0) + ORPHAN_AFTER_MS;

  /** The trigger takes an event of the last seconds at its word, by its own clock. */
  const mayBeFresh = (id: string, { name }: Process) =>
    name.startsWith('trigger') &&
    (world.profile.clockJumps > 0 ||
      world.scheduler.now() < (createdAt.get(id) ?? 0) + FRESH_EVENT_MS + 10_000);

  /** A capture has added to a tweet. */
  const enriched = (id: string, process: Process, { revision }: View, wrong: (what: string) => void) => {
    const next = messageOf(world.stored.tweets.get(id) as StoredTweet);
    const last = expected.get(revisionOf(id, revision)) as OutboundMessage;
    for (const [field, value] of Object.entries(last.data))
      if (value !== null && value !== undefined && !isDeepStrictEqual(value, Object(next.data)[field]))
        wrong(`${field} was ${value}`);
    const isMore = !isDeepStrictEqual(last.data, next.data);
    if (!isMore || next.attributes.revision !== `${revision + 1}`) wrong('made no next revision');
    const { requestId: _, revision: __, ...attributes } = next.attributes;
    if (!isDeepStrictEqual({ ...last.attributes, ...attributes }, last.attributes))
      wrong('the next revision has another key, date or source');
    expected.set(revisionOf(id, revision + 1), next);
    enrichers.set(id, [...(enrichers.get(id) ?? []), process]);
    held.released(id);
    held.startsAnew(id);
    told.delete(id);
  };

  const checkTweet = (id: string, process: Process, called: string) => {
    const [tweet, item] = [world.stored.tweets.get(id), world.stored.queue.get(id)];
    const wrong = (what: string) => world.fail(`${nameOf(id)}, after ${called} by ${process.name}: ${what}`);
    const state = stateOf(tweet, item, world.stored.deleted.get(id));
    if (typeof state === 'object') return wrong(state.wrong);
    const before = views.get(id);
    const view = viewOf(state, tweet, item);
    views.set(id, view);
    if (!before) {
      creators.set(id, process);
      createdAt.set(id, world.scheduler.now());
      expected.set(revisionOf(id, 1), messageOf(tweet as StoredTweet));
      created(id);
    } else if (isDeepStrictEqual(before, view)) {
      if (tweet && !isDeepStrictEqual(tweet.fields, expected.get(revisionOf(id, view.revision))?.data))
        wrong('has changed without another revision');
      return;
    }
    const isEnriched = before !== undefined && called === 'create' && view.revision !== before.revision;
    const verb = isEnriched ? 'enrich' : called;
    if (before && isEnriched) {
      world.count(`enriched ${before.state}${held.isHeld(id) ? ', held' : ''}`);
      enriched(id, process, before, wrong);
    } else if (before && tweet && view.revision !== before.revision)
      return wrong(`revision ${before.revision} → ${view.revision}`);
    world.count(`${before?.state ?? 'nothing'} → ${state}`);
    if (!isMove(verb, before?.state ?? 'nothing', state)) return wrong(`${before?.state} → ${state}`);
    if (view.messageId !== null && !isInTopic(id, view.messageId, view.revision))
      return wrong(
        `marked as published as ${view.messageId}, which is no message of revision ${view.revision}`,
      );
    const message = expected.get(revisionOf(id, view.revision));
    if (item && !isDeepStrictEqual({ data: item.data, attributes: item.attributes }, message))
      return wrong('the queue holds another message than was captured');
    if (state === 'deleted') deletions.set(id, { process, at: world.scheduler.now() });
    if (verb === 'recoverOrphans' && isHasty(before, process))
      return wrong('adopted while its trigger had time left');
    if (state === 'failed' && !told.has(id)) return wrong('a dead letter that nobody was told of');
    if (state === 'failed') world.count(`dead letter of a ${world.topic.tempers.get(id) ?? 'good'} message`);
    if (!item) held.released(id);
    if ((verb === 'requeue' || verb === 'queueAgain') && view.attempts === 0) {
      held.startsAnew(id);
      told.delete(id);
    }
    if (before) checkAttempts(before, view, { id, verb, process, wrong });
  };

  const checkAttempts = (
    before: View,
    view: View,
    {
      id,
      verb,
      process,
      wrong,
    }: { id: string; verb: string; process: Process; wrong: (what: string) => void },
  ) => {
    if (!view.attempts) return;
    const spent = view.attempts - before.attempts;
    if (spent < 0) return wrong(`attempts went back from ${before.attempts} to ${view.attempts}`);
    if (spent > (verb === 'claimDue' ? 1 : 0)) return wrong(`${spent} attempts spent by ${verb}`);
    if (verb === 'claimDue' && view.state === 'queued') {
      if ((view.lastAttemptAt ?? 0) < (before.dueAt ?? Number.POSITIVE_INFINITY))
        return wrong('claimed before it was due');
      held.claimed(id, process);
    }
    if (verb === 'settleFailed' && !held.isLastClaimant(id, process))
      wrong('changed by a run whose claim had been taken over');
  };

  return {
    committed(process: Process, verb: string, args: unknown[]) {
      if (isRead(verb)) return;
      const { tweets, queue, deleted } = world.stored;
      for (const id of new Set([...tweets.keys(), ...queue.keys(), ...deleted.keys()]))
        checkTweet(id, process, verb);
      for (const id of views.keys())
        if (!tweets.has(id) && !deleted.has(id))
          world.fail(`${nameOf(id)} is gone after ${verb} by ${process.name}`);
      if (verb === 'settlePublished' || verb === 'settleFailed') held.settled(process, args[0] as []);
    },

    answered(process: Process, verb: string, args: unknown[], value: unknown) {
      if (verb !== 'claimDue') return;
      const items = value as QueueItem[];
      if (items.some(({ id }) => isKeptBack(id, process)))
        world.fail(`${process.name} spends an attempt while publishing is paused`);
      held.taken(process, args[0] as Date, items);
    },

    handed(process: Process, messages: OutboundMessage[]) {
      for (const message of messages) {
        const { dedupeKey, userId, revision = '1' } = message.attributes;
        const captured = expected.get(revisionOf(`${userId}_${message.data.tweetId}`, Number(revision)));
        if (!isDeepStrictEqual(message, captured))
          world.fail(
            `${process.name} publishes another message than was captured: ${JSON.stringify(message)}`,
          );
        const deletedAt = deletions.get(dedupeKey)?.at ?? Number.POSITIVE_INFINITY;
        if (deletedAt < process.startedAt && !mayBeFresh(dedupeKey, process))
          world.fail(`${process.name} publishes ${nameOf(dedupeKey)}, which was deleted before it began`);
        if (isKeptBack(dedupeKey, process))
          world.fail(`${process.name} publishes ${nameOf(dedupeKey)} while publishing is paused`);
        held.handed(process, dedupeKey);
      }
    },

    failed: held.failed,
    ended: held.ended,
    told: (id: string) => void told.add(id),
    isAcknowledged: (id: string) => acknowledged.has(id),

    /** A capture was answered 200. */
    acknowledge(
      process: Process,
      id: string,
      body: { status: string; messageId?: string; enriched?: boolean },
    ) {
      acknowledged.add(id);
      const wrong = (what: string) => world.fail(`${process.name} of ${nameOf(id)}: ${what}`);
      const isDeleted = deletions.has(id);
      if (!world.stored.tweets.has(id) && !isDeleted) wrong('acknowledged, but not stored');
      if (body.messageId && !isInTopic(id, body.messageId)) wrong('said to be published, but is not');
      // The repeat of a commit whose answer got lost may meet what is left of a tweet that was deleted meanwhile.
      if (isDeleted && body.status === 'duplicate') return;
      if ((creators.get(id) === process) !== (body.status !== 'duplicate'))
        wrong(`answered ${body.status}, though ${creators.get(id)?.name} captured it`);
      const revisions = enrichers.get(id) ?? [];
      if (body.enriched && !revisions.includes(process)) wrong('answered enriched, but added nothing');
      if (!body.enriched && revisions.at(-1) === process) wrong('added to it, and is not told');
    },

    /** An owner who wanted a tweet deleted was answered. */
    saidDeleted(process: Process, id: string, status: number) {
      const deletion = deletions.get(id);
      if (!deletion) world.fail(`${process.name} is answered ${status}, but ${nameOf(id)} is still there`);
      if (deletion?.process === process && status === 404)
        world.fail(`${process.name} is answered 404, though it deleted ${nameOf(id)}`);
    },

    /** The trigger answered the platform that all is well: the event will not come again. */
    eventDone(process: Process, id: string) {
      if (views.get(id)?.state === 'captured')
        world.fail(`${process.name} reports success, but ${nameOf(id)} has no outcome`);
    },

    isSettled: () => [...views.values()].every(({ state }) => state !== 'captured' && state !== 'queued'),

    atEnd() {
      for (const id of acknowledged)
        if (!views.has(id)) world.fail(`${nameOf(id)} was acknowledged and is gone`);
      for (const [id, { state }] of views) {
        const said = acknowledged.has(id) ? 'acknowledged' : 'stored';
        if (state === 'captured' || state === 'queued')
          world.fail(`${nameOf(id)} was ${said} and is still ${state} days after the last fault`);
      }
    },
  };
}
