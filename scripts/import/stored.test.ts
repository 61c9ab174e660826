import assert from 'node:assert/strict';
import type { ExportedTweet } from '../../client/client.ts';
import { readStored, worthOf } from './stored.ts';

describe('the stored tweets of an import', () => {
  it('come from the export', async () => {
    const tweets = [
      { tweetId: '3', tweetText: 'é' },
      { tweetId: '2', tweetText: null, tweetUrl: 'https://x.com' },
    ] as ExportedTweet[];
    async function* exportTweets() {
      yield* tweets;
    }
    assert.deepEqual(
      await readStored({ exportTweets }, new AbortController().signal),
      new Map([
        ['3', { tweetText: 'é', hasUrl: false }],
        ['2', { tweetText: null, hasUrl: true }],
      ]),
    );
  });

  it('are enriched by the additional fields of an archive', () => {
    const stored = new Map([
      ['1', { tweetText: null, hasUrl: true }],
      ['3', { tweetText: 'This Post is from a suspended account. {learnmore}', hasUrl: true }],
      ['4', { tweetText: 'Hello, w…', hasUrl: true }],
    ]);
    const tweetUrl = 'https://x.com/1';
    assert.equal(worthOf({ tweetId: '2' }, stored), 'new');
    assert.equal(worthOf({ tweetId: '1', tweetUrl }, stored), 'duplicate');
    assert.equal(worthOf({ tweetId: '1', tweetUrl, tweetText: 'x' }, stored), 'enriching');
    assert.equal(worthOf({ tweetId: '3', tweetText: 'x' }, stored), 'enriching');
    assert.equal(worthOf({ tweetId: '4', tweetText: 'x' }, stored), 'duplicate');
    assert.equal(worthOf({ tweetId: '4', tweetText: 'Hello, world' }, stored), 'enriching');
  });
});
