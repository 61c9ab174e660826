import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DocumentSnapshot } from 'firebase-admin/firestore';
import { createAuthenticator } from '../../src/accounts/authenticate.ts';
import { createSessionCache, SESSION_CACHE } from '../../src/accounts/sessionCache.ts';
import {
  capture,
  captureBatch,
  deleteTweet,
  exportTweets,
  getAccount,
  getTweet,
  listTweets,
  login,
  refresh,
  register,
} from '../../src/app/endpoints.ts';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import type { Services } from '../../src/app/services.ts';
import { BRAKE_SETTINGS, createBrakes } from '../../src/brakes/brakes.ts';
import { BUDGET_SETTINGS, createBudgets, limitsOf } from '../../src/budgets/budgets.ts';
import { publishTweet } from '../../src/delivery/publishTweet.ts';
import { retryQueue } from '../../src/delivery/retryQueue.ts';
import { createRateLimiter, RATE_LIMIT_SETTINGS } from '../../src/http/rateLimit.ts';
import { createAccountStore } from '../../src/platform/firestore/accountStore.ts';
import { createAuditLog } from '../../src/platform/firestore/auditLog.ts';
import { createBrakeStore } from '../../src/platform/firestore/brakeStore.ts';
import { createBudgetStore } from '../../src/platform/firestore/budgetStore.ts';
import { createLoginAttemptStore } from '../../src/platform/firestore/loginAttemptStore.ts';
import { createOutbox } from '../../src/platform/firestore/outbox.ts';
import { createPersonalData } from '../../src/platform/firestore/personalData.ts';
import { createProbe } from '../../src/platform/firestore/probe.ts';
import { createRateLimitStore } from '../../src/platform/firestore/rateLimitStore.ts';
import { createSessionStore } from '../../src/platform/firestore/sessionStore.ts';
import { toStoredTweet } from '../../src/platform/firestore/tweetDocuments.ts';
import { createTweetLists } from '../../src/platform/firestore/tweetLists.ts';
import { createTweetStore } from '../../src/platform/firestore/tweetStore.ts';
import { eraseAccounts } from '../../src/privacy/eraseAccounts.ts';
import type { StoredTweet } from '../../src/tweets/tweet.ts';
import { call, type Sent } from '../support/call.ts';
import { countOperations, NONE, type Operations } from '../support/countOperations.ts';
import { queued } from '../support/fill.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { fakeClock, memoryServices } from '../support/memory/services.ts';
import { repository } from '../support/project.ts';
import { EMAIL, PASSWORD } from '../support/requests.ts';
import { sampleBody } from '../support/samples.ts';

/** Long enough for a capture that waits to listen by then. */
const EVENT_AFTER_MS = 200;

type Cost = Operations & { publishes: number };

/** What docs/cost.md says of each operation: the table is what the tests hold the code to. */
const documented = new Map(
  [
    ...readFileSync(join(repository, 'docs/cost.md'), 'utf8').matchAll(
      /^\| ([^|]+?) +\| (\d+) +\| (\d+) +\| (\d+) +\| (\d+) +\| \d+ +\|$/gm,
    ),
  ].map(([, operation = '', ...counts]): [string, Cost] => {
    const [reads = 0, writes = 0, deletes = 0, publishes = 0] = counts.map(Number);
    return [operation, { reads, writes, deletes, publishes }];
  }),
);

describe('what an operation costs', () => {
  const db = emptyFirestore();
  const operations = countOperations(db);
  const fake = fakeClock();
  const clock = { ...fake, sleep: async (milliseconds: number) => void (await sleep(milliseconds)) };
  let published = 0;
  let services: Services;
  let headers: Record<string, string>;

  /** An instance that has just started, which knows no session and has counted nothing. */
  const freshInstance = (limits: Record<string, string> = {}): Services => {
    const memory = memoryServices(limits);
    const accounts = createAccountStore(db);
    const { log, publisher: sent } = memory.services;
    const brakeStore = createBrakeStore(db);
    const brakes = createBrakes(brakeStore, clock, log, BRAKE_SETTINGS);
    const publisher = {
      publish: async (messages: Parameters<typeof sent.publish>[0]) => {
        published += 1;
        return await sent.publish(messages);
      },
    };
    const sessionCache = createSessionCache(accounts, clock, brakes, SESSION_CACHE);
    return {
      ...memory.services,
      clock,
      accounts,
      sessions: createSessionStore(db),
      tweets: createTweetStore(db),
      outbox: createOutbox(db),
      tweetLists: createTweetLists(db),
      personalData: createPersonalData(db),
      loginAttempts: createLoginAttemptStore(db),
      auditLog: createAuditLog(db),
      budgets: createBudgets(
        createBudgetStore(db),
        clock,
        log,
        limitsOf(memory.services.config),
        BUDGET_SETTINGS,
      ),
      brakes,
      brakeStore,
      publisher,
      breakerPublisher: publisher,
      sessionCache,
      authenticate: createAuthenticator(memory.services.keys, sessionCache, clock),
      rateLimiter: createRateLimiter(createRateLimitStore(db), clock, log, RATE_LIMIT_SETTINGS),
    };
  };

  const ask = async (endpoint: ServedEndpoint, sent: Sent = {}, ok = 200) => {
    const answer = await call(endpoint, services, { headers, ...sent });
    assert.equal(answer.status, ok, answer.text);
    return answer.body;
  };
  /** The trigger, as it gets the events of what has just been created. */
  const trigger = async (...ids: string[]) => {
    const before = { ...operations };
    const found = await db.getAll(...ids.map((id) => db.doc(`tweets/${id}`)));
    Object.assign(operations, before);
    const publish = async (document: DocumentSnapshot) => {
      const tweet = toStoredTweet(document) as StoredTweet;
      await publishTweet(tweet.id, services, { tweet, at: clock.now(), version: document.updateTime });
    };
    await Promise.all(found.map(publish));
  };
  /** A capture whose trigger comes a while after it. */
  const delivered = async (prefer = 'respond-async') => {
    const { tweets } = services;
    let published = Promise.resolve();
    services.tweets = {
      ...tweets,
      create: async (item) => {
        const created = await tweets.create(item);
        published = sleep(EVENT_AFTER_MS).then(() => trigger(item.id));
        return created;
      },
    };
    const body = sampleBody();
    const { status } = await ask(capture, { body, headers: { ...headers, Prefer: prefer } });
    assert.equal(status, prefer === 'respond-async' ? 'queued' : 'published');
    await published;
    services.tweets = tweets;
    return body;
  };
  const count = async (operation: string, work: () => Promise<unknown>) => {
    Object.assign(operations, NONE);
    published = 0;
    await work();
    assert.deepEqual({ ...operations, publishes: published }, documented.get(operation), operation);
    documented.delete(operation);
  };

  /** The instance knows the session, and has counted nothing in this minute. */
  const newMinute = async () => {
    clock.advance(60_000);
    await ask(getAccount);
  };

  beforeEach(() => {
    services = freshInstance();
  });

  it('of an account is as documented', async () => {
    headers = {};
    let account = { accessToken: '', refreshToken: '' };
    const body = { email: EMAIL, password: PASSWORD };
    await count('Register', async () => {
      account = await ask(register, { body }, 201);
    });
    await count('Login', () => ask(login, { body }));
    await count('Refresh', () => ask(refresh, { body: { refreshToken: account.refreshToken } }));
    headers = { Authorization: `Bearer ${account.accessToken}` };
  });

  it('of a capture is as documented', async () => {
    await count('Capture on a fresh instance, published, without waiting', () => delivered());
    await newMinute();
    await count('Capture on a warm instance, published, without waiting', () => delivered());
    await newMinute();
    await count('Capture on a warm instance, published, with the wait', () => delivered('wait=10'));
    const body = await delivered();
    await newMinute();
    await count('Capture the same tweet again', async () => {
      assert.equal((await ask(capture, { body })).status, 'duplicate');
    });
  });

  it('of a batch is as documented', async () => {
    const tweets = Array.from({ length: 100 }, () => sampleBody());
    const poor = tweets.map(({ tweetId }) => ({ tweetId }));
    const { userId } = (await ask(getAccount, {})) as { userId: string };
    await count('A batch of 100 archived tweets, published', async () => {
      await ask(captureBatch, { body: { source: 'archive', tweets: poor } });
      await trigger(...tweets.map(({ tweetId }) => `${userId}_${tweetId}`));
    });
    await count('The same batch again', () =>
      ask(captureBatch, { body: { source: 'archive', tweets: poor } }),
    );
    await count('A batch that adds fields to 100 tweets', () => ask(captureBatch, { body: { tweets } }));
    await retryQueue(services);
  }).timeout(60_000);

  it('of looking at what is stored is as documented', async () => {
    await Promise.all(Array.from({ length: 25 }, () => ask(capture, { body: sampleBody() })));
    clock.advance(60_000);
    const from = clock.now().toISOString();
    const batch = { tweets: Array.from({ length: 19 }, () => sampleBody()) };
    await ask(captureBatch, { body: batch });
    const { tweetId } = await delivered();
    const path = `/api/tweets/${tweetId}`;
    await count('A page of 20 tweets', () => ask(listTweets, { path: '/api/tweets?limit=20' }));
    await count('A part of an export, of 20 tweets', async () => {
      const path = `/api/tweets/export?from=${from}`;
      await ask(exportTweets, { path });
    });
    await count('Delete a tweet', () => ask(deleteTweet, { path, method: 'DELETE' }, 204));
  });

  it('of the queue is as documented', async () => {
    await count('A retry run with nothing to do', () => retryQueue(services));
    await count('An erasure run with nothing to do', () => eraseAccounts(services));
    await queued(services, 100);
    clock.advance(60_000);
    await count('A retry run that publishes 100 tweets', () => retryQueue(services));
  });

  it('of a health check is as documented', async () => {
    await count('A health check', () => createProbe(db).firestore());
  });

  it('of counting requests against their limit is as documented', async () => {
    services = freshInstance({ RATE_LIMIT_PER_MINUTE: '100' });
    const { tweetId } = await delivered();
    const path = `/api/tweets/${tweetId}`;
    await count('Read one tweet', () => ask(getTweet, { path }));
    await newMinute();
    await count('100 reads of one tweet within a minute', async () => {
      for (let look = 0; look < 100; look += 1) await ask(getTweet, { path });
    });
  });

  after(() => assert.deepEqual([...documented.keys()], [], 'in the table, and not measured'));
});
