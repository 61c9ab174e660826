import assert from 'node:assert/strict';
import { createKeyring } from '../../src/accounts/keys.ts';
import type { Services } from '../../src/app/services.ts';
import { PUBLISH_TIMEOUT_MS } from '../../src/delivery/policy.ts';
import { publishTweet } from '../../src/delivery/publishTweet.ts';
import { createAccountStore } from '../../src/platform/firestore/accountStore.ts';
import { createOutbox } from '../../src/platform/firestore/outbox.ts';
import { createTweetStore } from '../../src/platform/firestore/tweetStore.ts';
import { createPubsub } from '../../src/platform/pubsub/publisher.ts';
import { send } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { memoryServices } from '../support/memory/services.ts';
import { startInstance } from '../support/production.ts';
import { SECRETS } from '../support/project.ts';
import { subscribe } from '../support/pubsub.ts';
import { bearer } from '../support/requests.ts';
import { sampleBody } from '../support/samples.ts';

/**
 * In a project of its own, with one instance of the function, and in place of the trigger someone in this process: the
 * functions emulator would start a process for each of the events.
 */
describe('100 tweets in one request', function () {
  this.timeout(60_000);
  const projectId = `demo-${crypto.randomUUID()}`;
  const db = emptyFirestore(projectId);
  const project = { GCLOUD_PROJECT: projectId, GOOGLE_CLOUD_PROJECT: projectId };
  const instance = startInstance('bulk', { ...SECRETS, ...project });
  const pubsub = createPubsub({
    name: `projects/${projectId}/topics/tweet-likes-raw`,
    accessToken: undefined as never,
    emulatorHost: process.env.PUBSUB_EMULATOR_HOST,
    deadlineMs: PUBLISH_TIMEOUT_MS,
  });
  const services: Services = {
    ...memoryServices().services,
    clock: { now: () => new Date(), sleep: async () => {} },
    keys: () => createKeyring([SECRETS.JWT_SECRET_KEY]),
    accounts: createAccountStore(db),
    tweets: createTweetStore(db),
    outbox: createOutbox(db),
    breakerPublisher: pubsub.publisher,
  };
  const failures: unknown[] = [];
  const stopEvents = db.collection('tweets').onSnapshot((snapshot) => {
    for (const { type, doc } of snapshot.docChanges()) {
      if (type === 'added') publishTweet(doc.id, services).catch((error) => failures.push(error));
    }
  });
  after(() => {
    stopEvents();
    instance.stop();
  });

  it('of which 7 are invalid and 11 duplicates are exactly 82 stored and published; again, they change nothing', async () => {
    const messages = await subscribe('batch', projectId);
    const headers = await bearer(services);
    await instance.ready();
    const outcomes = async (tweets: unknown[]) => {
      const { status, body, text } = await send('POST', `${instance.url}api/tweets/batch`, {
        body: { tweets },
        headers,
      });
      assert.equal(status, 200, text);
      const results: { status: string }[] = body.results;
      return results.map((result) => result.status);
    };
    const published = (count: number) =>
      eventually(
        'published',
        async () => {
          const { docs } = await db.collection('tweets').get();
          return docs.length === count && docs.every((tweet) => tweet.get('status') === 'published');
        },
        30_000,
      );
    const many = (count: number) => Array.from({ length: count }, () => sampleBody());

    const known = many(6);
    assert.deepEqual(await outcomes(known), Array(6).fill('queued'));
    await published(6);
    assert.equal((await messages.pullAll()).length, 6);

    const fresh = many(82);
    const twice = fresh.slice(0, 5).map((tweet) => ({ ...tweet, tweetText: 'again' }));
    const invalid = [null, 5, 'text', [], {}, { tweetId: '17' }, { ...sampleBody(), isReply: 'no' }];
    const batch = [...known, ...invalid, ...fresh, ...twice];
    assert.deepEqual(await outcomes(batch), [
      ...Array(6).fill('duplicate'),
      ...Array(7).fill('invalid'),
      ...Array(82).fill('queued'),
      ...Array(5).fill('duplicate'),
    ]);
    await published(88);
    const again = await outcomes(batch);
    assert.equal(again.filter((status) => status === 'duplicate').length, 93);
    assert.equal(again.filter((status) => status === 'invalid').length, 7);
    await published(88);

    const sent = await messages.pullAll();
    const ids = sent.map(({ attributes }) => attributes.tweetId);
    assert.deepEqual(ids.toSorted(), fresh.map(({ tweetId }) => tweetId).toSorted());
    assert.ok(sent.every(({ data }) => JSON.parse(data).data.tweetText === 'Hello, world'));
    assert.deepEqual(failures, []);
  });
});
