import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { createRandom } from '../simulation/random.ts';
import { calm, of } from '../support/chaos/calm.ts';
import { createClients } from '../support/chaos/clients.ts';
import { createFaults, inTurn } from '../support/chaos/faults.ts';
import { createTopic } from '../support/chaos/topic.ts';
import { startGrpcProxy } from '../support/grpcProxy.ts';
import type { Message } from '../support/pubsub.ts';
import { suite } from '../support/suite.ts';

const CAPTURES = 500;
const USERS = 5;
const PARALLEL = 6;

/** Decides what is done and in which order; when it meets what, the machine decides. */
const seed = Number(process.env.CHAOS_SEED ?? randomInt(2 ** 31));

describe(`chaos (CHAOS_SEED=${seed})`, () => {
  let commits: Awaited<ReturnType<typeof startGrpcProxy>>;
  before(async () => {
    commits = await startGrpcProxy(suite.firestoreHost);
    await suite.firestore.detour(commits.port);
  });
  after(async () => {
    await suite.firestore.undoDetour();
    commits.stop();
  });
  afterEach(async () => {
    await Promise.all([suite.pubsub.restore(), suite.firestore.restore()]);
  });

  it(`loses none of ${CAPTURES} captures while workers are killed and connections fail in every way`, async function () {
    // Two minutes where it has two cores for itself; most of it goes to starting workers and to dead connections.
    this.timeout(500_000);
    const topic = await createTopic('chaos');
    const clients = await createClients(USERS, createRandom(seed));
    const { faults, done, allRunsEnded } = createFaults(
      createRandom(seed + 1),
      topic.killAndRestart,
      commits,
    );

    // The first requests start the workers.
    await clients.captureAll(PARALLEL, { parallel: PARALLEL, pauseMs: 0 });

    const startedAt = Date.now();
    const captures = clients.captureAll(CAPTURES, { parallel: PARALLEL, pauseMs: 300 });
    const lanes = [faults.ofPubsub, faults.ofFunctions].map((lane, index) =>
      inTurn(lane, createRandom(seed + 2 + index), clients.untilMore),
    );
    const rare = inTurn(faults.ofFirestore, createRandom(seed + 4), clients.untilMore, [50, 110]);
    await Promise.all([captures, rare, ...lanes]);
    const ragedMs = Date.now() - startedAt;

    await allRunsEnded();
    const { runs, lost } = await calm(clients.userIds);
    await topic.collect();

    const mine = topic.messages.filter(({ attributes }) => clients.userIds.includes(attributes.userId ?? ''));
    const byKey = Map.groupBy(mine, ({ attributes }) => attributes.dedupeKey);
    const stored = new Map((await of('tweets', clients.userIds)).map((tweet) => [tweet.id, tweet.data()]));
    const isIn = (id: string) => stored.get(id)?.status === 'published' && byKey.has(id);
    const missing = clients.acknowledged.filter(({ id }) => !isIn(id)).map(({ id }) => id);
    console.log(
      [
        `      ${CAPTURES} captures of ${USERS} users in ${Math.round(ragedMs / 1000)} s, tried again ${clients.triedAgain()} times`,
        Object.entries(done)
          .map(([what, times]) => `${what} ${times}`)
          .join(', '),
        `then ${runs} retry runs in calm; ${lost} triggers had died`,
        `${missing.length} lost, ${mine.length} messages, ${mine.length - byKey.size} of them duplicates`,
        `${Math.round((Date.now() - startedAt) / 1000)} s in all`,
      ].join('\n      '),
    );

    assert.equal(clients.acknowledged.length, PARALLEL + CAPTURES);
    assert.deepEqual(missing, []);
    assert.equal(byKey.size, PARALLEL + CAPTURES);
    assert.deepEqual(await of('queue', clients.userIds), []);
    for (const { id, tweetText } of clients.acknowledged) {
      const messages = byKey.get(id) as Message[];
      const [first, ...more] = messages.map(({ data, attributes }) => ({ data, attributes }));
      assert.ok(first);
      assert.equal(JSON.parse(first.data).data.tweetText, tweetText);
      for (const duplicate of more) assert.deepEqual(duplicate, first);
      const { pubsubMessageId } = stored.get(id) ?? {};
      assert.ok(messages.some(({ messageId }) => pubsubMessageId.endsWith(`/${messageId}`)));
    }
  });
});
