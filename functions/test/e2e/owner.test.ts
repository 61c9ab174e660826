import assert from 'node:assert/strict';
import { newUser, send } from '../support/api.ts';
import { linesOf, rowsOf } from '../support/lines.ts';
import { newTweetId } from '../support/samples.ts';

describe('the owner of tweets', function () {
  this.timeout(60_000);
  let user: Awaited<ReturnType<typeof newUser>>;
  const ids = [newTweetId(), newTweetId(), newTweetId()];
  before(async () => {
    user = await newUser();
    for (const tweetId of ids) await user.capture({ tweetId }, { Prefer: 'wait=10' });
  });
  const found = async (path: string) => {
    const { status, text, body } = await user.send('GET', path);
    assert.equal(status, 200, text);
    return body;
  };
  const idsOf = ({ items }: { items: { tweetId: string }[] }) => items.map(({ tweetId }) => tweetId);

  it('sees them page by page, the latest first', async () => {
    const one = await found('/api/tweets?limit=2&status=published');
    const two = await found(`/api/tweets?limit=2&status=published&cursor=${one.nextCursor}`);
    assert.deepEqual([...idsOf(one), ...idsOf(two)], ids.toReversed());
    assert.equal(two.nextCursor, null);
  });

  it('sees one by its id, and nothing in the queue', async () => {
    const { tweetId, status, messageId } = await found(`/api/tweets/${ids[0]}`);
    assert.deepEqual([tweetId, status], [ids[0], 'published']);
    assert.match(messageId, /^projects\//);
    assert.deepEqual(await found('/api/queue'), { items: [], nextCursor: null });
  });

  it('has them as one file, whose address is not taken for a tweet', async () => {
    const lines = await user.send('GET', '/api/tweets/export?status=published');
    assert.equal(lines.headers.get('Content-Type'), 'application/x-ndjson; charset=utf-8');
    const { items } = await found('/api/tweets');
    assert.deepEqual(linesOf(lines.text), items);
    const table = await user.send('GET', '/api/tweets/export?format=csv');
    assert.match(table.headers.get('Content-Type') ?? '', /^text\/csv; charset=utf-8/);
    assert.match(
      table.headers.get('Content-Disposition') ?? '',
      /^attachment; filename="tweets-[0-9-]+\.csv"$/,
    );
    const tweetIds = rowsOf(`\uFEFF${table.text}`).map(({ tweetId }) => tweetId?.slice(1));
    assert.deepEqual(tweetIds, ids.toReversed());
    const head = await user.send('HEAD', '/api/tweets/export?format=csv');
    assert.deepEqual([head.status, head.text], [200, '']);
    assert.equal((await user.send('GET', '/api/tweets/export?format=pdf')).body.code, 'invalid_request');
  });

  it('deletes one for good: it is in no list, and a duplicate when it is captured again', async () => {
    const [tweetId] = ids;
    assert.equal((await user.send('DELETE', `/api/tweets/${tweetId}`)).status, 204);
    assert.equal((await user.send('GET', `/api/tweets/${tweetId}`)).status, 404);
    assert.equal((await user.send('DELETE', `/api/tweets/${tweetId}`)).status, 404);
    assert.equal((await user.capture({ tweetId })).body.status, 'duplicate');
    assert.deepEqual(idsOf(await found('/api/tweets')), ids.slice(1).reverse());
  });

  it('is told the methods that there are, by the one function of both', async () => {
    const answer = await send('POST', `/api/tweets/${ids[0]}`);
    assert.deepEqual([answer.status, answer.headers.get('Allow')], [405, 'GET, HEAD, DELETE, OPTIONS']);
  });
});
