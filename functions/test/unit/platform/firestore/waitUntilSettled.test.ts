import assert from 'node:assert/strict';
import type { Firestore } from 'firebase-admin/firestore';
import { createTweetStore } from '../../../../src/platform/firestore/tweetStore.ts';

type Seen = (document: { id: string; data(): object | undefined }) => void;

describe('waiting for the outcome of a tweet', () => {
  let listeners: number;
  let seen: Seen;
  let fail: (error: Error) => void;
  /** The only document that there is: a test tells what its listener sees. */
  const document = {
    onSnapshot(next: Seen, failed: (error: Error) => void) {
      listeners += 1;
      seen = next;
      fail = failed;
      return () => {
        listeners -= 1;
      };
    },
  };
  const db = { collection: () => ({ doc: () => document }) } as unknown as Firestore;
  const settled = (signal: AbortSignal) => createTweetStore(db).waitUntilSettled('user_1', signal);
  beforeEach(() => {
    listeners = 0;
  });

  it('listens no more once nobody waits', async () => {
    const over = new AbortController();
    const outcome = settled(over.signal);
    assert.equal(listeners, 1);
    over.abort();
    assert.equal(await outcome, null);
    assert.equal(listeners, 0);
  });

  it('ends at once where nobody waits any more', async () => {
    assert.equal(await settled(AbortSignal.abort()), null);
    assert.equal(listeners, 0);
  });

  it('listens no more once there is an outcome', async () => {
    const outcome = settled(new AbortController().signal);
    seen({ id: 'user_1', data: () => ({ pendingSince: new Date() }) });
    assert.equal(listeners, 1);
    seen({ id: 'user_1', data: () => ({ status: 'published', pubsubMessageId: '17' }) });
    assert.equal((await outcome)?.messageId, '17');
    assert.equal(listeners, 0);
  });

  it('fails when the listener does', async () => {
    const outcome = settled(new AbortController().signal);
    fail(new Error('down'));
    await assert.rejects(outcome, { message: 'down' });
  });
});
