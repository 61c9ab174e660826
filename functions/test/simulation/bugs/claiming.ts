import { MAX_ATTEMPTS } from '../../../src/delivery/policy.ts';
import type { QueueItem, QueueState } from '../../../src/delivery/queueItem.ts';
import { type Bug, withTweets } from './bug.ts';

/** What the retry run may get wrong when it takes items. */
export const claiming: Record<string, Bug> = {
  onlyPending: {
    title: 'the retry selects only `pending`',
    store: ({ queue, claimDue }) => ({
      async claimDue(now, limit, claim) {
        const kept = [...queue].filter(([, { status }]) => status === 'retrying');
        for (const [id] of kept) queue.delete(id);
        const claimed = claimDue(now, limit, claim);
        for (const [id, item] of kept) queue.set(id, item);
        return await claimed;
      },
    }),
  },
  countedAfterwards: {
    title: 'attempts are counted when one has failed, not when it is claimed',
    services: (services) =>
      withTweets(services, {
        claimDue: (now, limit, claim) =>
          services.outbox.claimDue(now, limit, (item) => ({ ...claim(item), attempts: item.attempts })),
        settleFailed: (items) =>
          services.outbox.settleFailed(items.map((item) => ({ ...item, attempts: item.attempts + 1 }))),
      }),
    store: ({ queue }) => ({
      async settleFailed(items) {
        for (const item of items) Object.assign(queue.get(item.id) ?? {}, item);
      },
    }),
  },
  endless: {
    title: 'the fifth attempt is not counted, so that an item is tried for ever',
    services: (services) =>
      withTweets(services, {
        claimDue: (now, limit, claim) =>
          services.outbox.claimDue(now, limit, (item) => {
            const claimed = claim(item);
            return { ...claimed, attempts: Math.min(claimed.attempts, MAX_ATTEMPTS - 1) };
          }),
      }),
  },
  noLease: {
    title: 'a claim is no lease: the item stays due',
    services: (services) =>
      withTweets(services, {
        claimDue: (now, limit, claim) =>
          services.outbox.claimDue(now, limit, (item) => leased(claim(item), item.nextAttemptAt)),
      }),
  },
  shortLease: {
    title: 'the lease is 10 s, shorter than a run can live',
    services: (services) =>
      withTweets(services, {
        claimDue: (now, limit, claim) =>
          services.outbox.claimDue(now, limit, (item) =>
            leased(claim(item), new Date(now.getTime() + 10_000)),
          ),
      }),
  },
  claimReadsFirst: {
    title: 'due items are read in one step and claimed in another',
    services: (services, { stored, commit }) =>
      withTweets(services, {
        async claimDue(now, limit, claim) {
          const due = await commit('read', [], () =>
            structuredClone([...stored.queue.values()])
              .filter(({ nextAttemptAt }) => nextAttemptAt && nextAttemptAt <= now)
              .slice(0, limit.maxClaimItems),
          );
          const claimed = due.map((item): QueueItem => ({ ...item, ...claim(item) }));
          return await commit('claimDue', [now], () => {
            for (const item of claimed) stored.queue.set(item.id, item);
            return claimed;
          });
        },
      }),
  },
  rowDeletedFirst: {
    title: 'the queue document is deleted when the item is claimed',
    store: ({ queue, claimDue }) => ({
      async claimDue(now, limit, claim) {
        const doomed: string[] = [];
        const claimed = claimDue(now, limit, (item) => {
          const held = claim(item);
          doomed.push(item.id);
          return held;
        });
        for (const id of doomed) queue.delete(id);
        return await claimed;
      },
    }),
  },
};

const leased = (item: QueueState, until: Date | null): QueueState =>
  item.status === 'failed' ? item : { ...item, nextAttemptAt: until };
