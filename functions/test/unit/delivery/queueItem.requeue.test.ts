import assert from 'node:assert/strict';
import { CLAIM_DEAD_AFTER_MS } from '../../../src/delivery/policy.ts';
import {
  afterFailure,
  claim,
  isSameClaim,
  mayBeClaimed,
  newQueueItem,
  pauseMs,
  requeue,
} from '../../../src/delivery/queueItem.ts';
import { sampleCapture } from '../../support/samples.ts';

const now = new Date('2026-03-01T12:00:00Z');
const plus = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const fresh = newQueueItem(sampleCapture(now), 'down', now);
const held = claim(fresh, now, 0);

describe('a claim', () => {
  it('may be held for as long as a run can live, and a while for clocks that differ', () => {
    assert.equal(mayBeClaimed(held, plus(CLAIM_DEAD_AFTER_MS - 1)), true);
    assert.equal(mayBeClaimed(held, plus(CLAIM_DEAD_AFTER_MS)), false);
  });

  it('that has failed looks the same until then; an item in no run does not', () => {
    assert.equal(mayBeClaimed(afterFailure(held, 'down', plus(1)), plus(1)), true);
    assert.equal(mayBeClaimed(fresh, now), false);
    assert.equal(mayBeClaimed({ ...held, status: 'failed', nextAttemptAt: null }, now), false);
  });

  it('is another one where the attempts are as many, but were counted anew', () => {
    const other = claim(fresh, plus(1), 0);
    assert.equal(isSameClaim(held, held), true);
    assert.equal(isSameClaim(other, held), false);
    assert.equal(isSameClaim({ ...held, attempts: 2 }, held), false);
    assert.equal(isSameClaim({ ...held, status: 'failed' }, held), false);
  });
});

describe('an item that an operator wants retried', () => {
  const later = plus(CLAIM_DEAD_AFTER_MS);

  it('is due now with all its attempts before it, where it was a dead letter', () => {
    const dead = { ...held, status: 'failed' as const, attempts: 5, nextAttemptAt: null };
    const anew = { ...fresh, nextAttemptAt: later, updatedAt: later };
    assert.deepEqual(requeue(dead, later), anew);
  });

  it('so it is where the run of its last attempt died', () => {
    const spent = { ...held, attempts: 5 };
    assert.deepEqual(requeue(spent, later), { ...fresh, nextAttemptAt: later, updatedAt: later });
  });

  it('is due now and keeps its attempts, where it was waiting', () => {
    assert.deepEqual(requeue(held, later), { ...held, nextAttemptAt: later, updatedAt: later });
  });

  it('stays as it is where it is due already', () => {
    assert.equal(requeue(fresh, later), fresh);
    const due = plus(pauseMs(1, 0));
    assert.equal(requeue(held, due), held);
  });

  it('is left to a run that may hold it', () => {
    assert.equal(requeue(held, plus(1)), null);
    assert.equal(requeue({ ...held, attempts: 5 }, plus(1)), null);
  });
});
