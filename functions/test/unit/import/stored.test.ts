import assert from 'node:assert/strict';
import type { ExportedTweet } from '../../../../client/client.ts';
import { readStored, worthOf } from '../../../../scripts/import/stored.ts';

describe('what is stored', () => {
  it('is what the export has', async () => {
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
        ['3', { tweetText: true, tweetUrl: false }],
        ['2', { tweetText: false, tweetUrl: true }],
      ]),
    );
  });

  it('is enriched by what an archive knows more of', () => {
    const stored = new Map([['1', { tweetText: false, tweetUrl: true }]]);
    const tweetUrl = 'https://x.com/1';
    assert.equal(worthOf({ tweetId: '2' }, stored), 'new');
    assert.equal(worthOf({ tweetId: '1', tweetUrl }, stored), 'duplicate');
    assert.equal(worthOf({ tweetId: '1', tweetUrl, tweetText: 'x' }, stored), 'enriching');
  });
});
