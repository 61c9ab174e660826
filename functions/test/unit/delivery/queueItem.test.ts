import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BACKOFF, MAX_ATTEMPTS, RETRY_SCHEDULE } from '../../../src/delivery/policy.ts';
import { afterFailure, claim, newQueueItem, pauseMs } from '../../../src/delivery/queueItem.ts';
import { sampleCapture } from '../../support/samples.ts';

const HOUR = 3_600_000;
const now = new Date('2026-03-01T12:00:00Z');
const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const item = newQueueItem(sampleCapture(now), 'Pub/Sub answered 503', now);
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('an item of the queue', () => {
  it('is due at once, and its attempts are not spent', () => {
    const { status, attempts, nextAttemptAt, lastAttemptAt, errorMessage } = item;
    assert.deepEqual(
      { status, attempts, nextAttemptAt, lastAttemptAt, errorMessage },
      {
        status: 'pending',
        attempts: 0,
        nextAttemptAt: now,
        lastAttemptAt: null,
        errorMessage: 'Pub/Sub answered 503',
      },
    );
  });

  it('spends an attempt when it is claimed, and is leased for longer than a run lives', () => {
    assert.deepEqual(claim(item, later(1), 0.5), {
      ...item,
      status: 'retrying',
      attempts: 1,
      nextAttemptAt: later(1 + pauseMs(1, 0.5)),
      lastAttemptAt: later(1),
      updatedAt: later(1),
    });
    assert.ok(BACKOFF.firstMs > RETRY_SCHEDULE.timeoutSeconds * 1000);
  });

  it('keeps its pause when its attempt fails, with the reason', () => {
    const claimed = claim(item, now, 0);
    assert.deepEqual(afterFailure(claimed, 'no topic', later(5)), {
      ...claimed,
      errorMessage: 'no topic',
      updatedAt: later(5),
    });
  });

  it('is a dead letter after its fifth failed attempt, never due again, and keeps the reason', () => {
    let current = item;
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      current = afterFailure(claim(current, now, 0), 'down', now);
      assert.equal(current.status, 'retrying', `after attempt ${attempt}`);
    }
    const claimed = claim(current, now, 0);
    assert.deepEqual(afterFailure(claimed, 'still down', later(7)), {
      ...claimed,
      status: 'failed',
      attempts: 5,
      nextAttemptAt: null,
      errorMessage: 'still down',
      updatedAt: later(7),
    });
  });

  it('is a dead letter when its claimants died five times, although none of them reported', () => {
    let current = item;
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      current = claim(current, now, 0);
      assert.deepEqual([current.status, current.attempts], ['retrying', attempt]);
    }
    const dead = claim(current, later(9), 0);
    assert.deepEqual(dead, { ...current, status: 'failed', nextAttemptAt: null, updatedAt: later(9) });
  });

  it('keeps its message whatever happens to it', () => {
    const failed = afterFailure(claim(item, now, 0), 'down', now);
    const { data, attributes, id, userId, createdAt } = failed;
    assert.deepEqual(
      { data, attributes, id, userId, createdAt },
      {
        data: item.data,
        attributes: item.attributes,
        id: item.id,
        userId: item.userId,
        createdAt: now,
      },
    );
  });

  it('is not changed itself by a claim or a failure', () => {
    const before = structuredClone(item);
    afterFailure(claim(item, now, 0), 'down', now);
    assert.deepEqual(item, before);
  });
});

describe('the pause after an attempt', () => {
  it('grows fourfold from a quarter of an hour up to eight hours', () => {
    const hours = [1, 2, 3, 4, 5, 50].map((attempt) => pauseMs(attempt, 0) / HOUR);
    assert.deepEqual(hours, [0.25, 1, 4, 8, 8, 8]);
  });

  it('is lengthened by jitter, by less than a fifth, and never shortened', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), random, (attempt, value) => {
        const shortest = pauseMs(attempt, 0);
        const pause = pauseMs(attempt, value);
        assert.ok(pause >= shortest && pause <= shortest * 1.2);
      }),
    );
    assert.ok(pauseMs(1, 0.9) > pauseMs(1, 0.1));
  });

  it('makes five attempts span half a day or more, whether they fail or their runs die', () => {
    fc.assert(
      fc.property(fc.array(random, { minLength: 4, maxLength: 4 }), (values) => {
        let current = item;
        for (const value of [...values, 0]) current = claim(current, current.nextAttemptAt as Date, value);
        assert.equal(current.attempts, MAX_ATTEMPTS);
        assert.ok(Number(current.lastAttemptAt) - now.getTime() >= 12 * HOUR);
      }),
    );
  });
});
