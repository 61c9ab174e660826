import assert from 'node:assert/strict';
import { type Capture, captureId } from '../../src/tweets/tweet.ts';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';
import { sampleCapture } from '../support/samples.ts';

const now = new Date('2026-03-01T12:00:00Z');

onEveryAdapter('a batch of captures', (open) => {
  let tweets: Stores['tweets'];
  beforeEach(() => {
    ({ tweets } = open());
  });
  const many = (count: number) => Array.from({ length: count }, () => sampleCapture(now));

  it('stores each as a single one is stored', async () => {
    const captures = many(100);
    assert.deepEqual(await tweets.createAll(captures), Array(100).fill('created'));
    for (const capture of captures) {
      const state = { status: 'captured', messageId: null, publishedAt: null, pendingSince: now };
      assert.deepEqual(await tweets.read(capture.id), { ...capture, ...state });
    }
  });

  it('of nothing does nothing', async () => {
    assert.deepEqual(await tweets.createAll([]), []);
  });

  it('leaves alone what there is, a deleted one as well, and says so in its place', async () => {
    const [first, second, third, fourth] = many(4) as [Capture, Capture, Capture, Capture];
    await tweets.create(first);
    await tweets.create(third);
    await tweets.remove(third.id, now);
    const again = [first, second, third, fourth].map((capture) => ({ ...capture, operationId: 'again' }));
    assert.deepEqual(await tweets.createAll(again), ['duplicate', 'created', 'duplicate', 'created']);
    assert.equal((await tweets.read(first.id))?.operationId, first.operationId);
    assert.equal(await tweets.read(third.id), null);
  });

  it('takes its own earlier writes for a success, as after an answer that was lost', async () => {
    const captures = many(3);
    await tweets.createAll(captures.slice(0, 2));
    assert.deepEqual(await tweets.createAll(captures), Array(3).fill('created'));
  });

  it('lets each tweet through once, of batches at the same time and captures between them', async () => {
    const userId = crypto.randomUUID();
    const ids = Array.from({ length: 20 }, (_, index) => String(index + 1));
    const capture = (tweetId: string, operationId: string) => {
      const { fields, ...rest } = sampleCapture(now, userId);
      return { ...rest, id: captureId(userId, tweetId), fields: { ...fields, tweetId }, operationId };
    };
    const batch = (operationId: string) => ids.map((tweetId) => capture(tweetId, operationId));
    const outcomes = await Promise.all([
      ...['a', 'b', 'c'].map((operationId) => tweets.createAll(batch(operationId))),
      ...batch('d').map(async (each) => [await tweets.create(each)]),
    ]);
    assert.equal(outcomes.flat().filter((outcome) => outcome === 'created').length, 20);
  });
});
