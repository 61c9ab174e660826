import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { newUser } from '../support/api.ts';
import { exampleConsumer } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { type Message, publish, subscribe } from '../support/pubsub.ts';

describe('npm start of the example consumer', function () {
  this.timeout(120_000);
  let consumer: Awaited<ReturnType<typeof exampleConsumer>>;
  let running: Awaited<ReturnType<typeof consumer.start>> | undefined;
  let user: Awaited<ReturnType<typeof newUser>>;
  let copies: Awaited<ReturnType<typeof subscribe>>;

  let name: string;

  beforeEach(async () => {
    name = `consumer-${randomUUID()}`;
    user = await newUser();
    // What other tests publish comes here, too, and is recorded beside what this one looks at.
    await subscribe(name);
    copies = await subscribe(`${name}-copies`);
    consumer = await exampleConsumer(name);
    running = await consumer.start();
  });
  afterEach(async () => {
    await running?.stop();
    await consumer.remove();
  });

  const capture = async (different: Record<string, unknown> = {}) => {
    const { body } = await user.capture(different, { Prefer: 'wait=10' });
    assert.equal(body.status, 'published');
    return body.tweetId as string;
  };
  const mine = () => consumer.recorded().filter(({ dedupeKey }) => dedupeKey.startsWith(user.userId));
  const idsOf = (rows: { dedupeKey: string }[]) =>
    rows.map(({ dedupeKey }) => dedupeKey.split('_')[1]).sort();
  const has = (ids: string[]) =>
    eventually('recorded', () => ids.every((id) => idsOf(mine()).includes(id)), 60_000);
  const messageOf = async (tweetId: string) => {
    const found = (await copies.pullAll()).find(({ attributes }) => attributes.tweetId === tweetId);
    assert.ok(found);
    return found;
  };
  const printed = (tweetId: string) => running?.output().split(tweetId).length ?? 0;

  it('records each tweet once, though it is killed and messages come twice', async () => {
    const first = [await capture(), await capture()];
    await has(first);
    const again = await messageOf(first[0] as string);
    await running?.end('SIGKILL');

    await publish(again);
    const meanwhile = [await capture(), await capture()];
    running = await consumer.start();
    await publish(again);
    const last = await capture();
    await has([...meanwhile, last]);
    assert.deepEqual(idsOf(mine()), [...first, ...meanwhile, last].sort());
    assert.equal(printed(first[0] as string), 1, 'a copy is no news, also after a crash');
    assert.equal(printed(last), 2, 'news is one line');
  });

  it('takes a later revision for news, and an older one for none', async () => {
    const tweetId = await capture({ tweetText: 'as it was' });
    const original = await messageOf(tweetId);
    const revision = (number: number, tweetText: string): Message => {
      const message = JSON.parse(original.data);
      const attributes = { ...original.attributes, revision: String(number) };
      return {
        ...original,
        attributes,
        data: JSON.stringify({ data: { ...message.data, tweetText }, attributes }),
      };
    };
    const recorded = () =>
      mine()
        .filter(({ dedupeKey }) => dedupeKey.endsWith(tweetId))
        .map((row) => [row.revision, JSON.parse(row.tweet).tweetText]);
    await publish(revision(2, 'enriched'));
    await eventually('revision 2', () => recorded()[0]?.[0] === 2, 20_000);
    await publish(revision(1, 'older'));
    await publish(original);
    await has([await capture()]);
    assert.deepEqual(recorded(), [[2, 'enriched']]);
  });

  it('prints nothing that steers a terminal, whoever wrote it', async () => {
    const tweetId = await capture({
      authorUsername: '\u001b]0;title\u0007\nme',
      tweetText: 'a\u001b[2Jb\nc',
    });
    await has([tweetId]);
    const line = () =>
      running
        ?.output()
        .split('\n')
        .find((each) => each.includes(tweetId));
    await eventually('printed', () => line() !== undefined, 20_000);
    assert.equal(line(), `${tweetId} (revision 1) ]0;title me: a [2Jb c`);
  });

  it('leaves what is no tweet to Pub/Sub, and goes on', async () => {
    for (const data of ['no JSON', '{"data":{}}', 'null']) {
      await publish({ messageId: '', attributes: { dedupeKey: `${user.userId}_1` }, data });
    }
    const tweetId = await capture();
    await has([tweetId]);
    assert.deepEqual(idsOf(mine()), [tweetId]);
    assert.match(running?.output() ?? '', /was rejected/);
  });

  it('ends in order at SIGTERM, and leaves nothing that comes again', async () => {
    const tweetId = await capture();
    await has([tweetId]);
    assert.equal(await running?.end('SIGTERM'), 0);
    const waiting = (await (await subscribe(name)).pullAll()).map(({ attributes }) => attributes.tweetId);
    assert.ok(!waiting.includes(tweetId));
  });
});
