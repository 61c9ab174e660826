import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decideRefresh, newSession } from '../../../src/accounts/session.ts';

/** A session with its store: `use` decides on a token and records the decision. */
function openSession() {
  const session = newSession('session', 'user', new Date(0), 30);
  let clock = 0;
  return {
    session,
    wait: (milliseconds: number) => {
      clock += milliseconds;
    },
    use: (generation: number) => {
      const decision = decideRefresh(session, generation, new Date(clock));
      Object.assign(session, decision.changes);
      return decision;
    },
  };
}

/** Someone who signed in, or who stole the token right after that, and always takes the newest one on. */
function holder({ use }: ReturnType<typeof openSession>) {
  let token = 1;
  return () => {
    const decision = use(token);
    if (decision.kind === 'accepted') token = decision.successor;
    return decision.kind;
  };
}

describe('one honest client', () => {
  const step = fc.record({
    answer: fc.constantFrom('adopted', 'ignored', 'lost'),
    repeats: fc.nat(3),
    pauseMs: fc.nat(3 * 3_600_000),
  });

  it('is never taken for a thief, however often it repeats, ignores or loses answers', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const opened = openSession();
        let token = 1;
        for (const { answer, repeats, pauseMs } of steps) {
          opened.wait(pauseMs);
          const answers = Array.from({ length: 1 + repeats }, () => opened.use(token));
          for (const decision of answers) {
            assert.equal(decision.kind, 'accepted');
            assert.equal(decision.kind === 'accepted' && decision.successor, token + 1);
          }
          if (answer === 'adopted') token += 1;
        }
      }),
    );
  });

  it('that ignores every new token goes on with its first one until the session expires', () => {
    const { use, wait } = openSession();
    for (let day = 0; day < 30; day += 1) {
      assert.equal(use(1).kind, 'accepted');
      wait(86_400_000);
    }
    assert.deepEqual(use(1), { kind: 'refused', reason: 'expired', changes: {} });
  });
});

describe('two holders of one token who both take the new ones on', () => {
  it('end the session as soon as one comes back two uses behind the other', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 30 }), (turns) => {
        const opened = openSession();
        const [owner, thief] = [holder(opened), holder(opened)];
        for (const ownersTurn of turns) (ownersTurn ? owner : thief)();
        // Until here they may have kept step. Now one is used three times while the other rests.
        for (let use = 0; use < 3; use += 1) owner();
        thief();
        assert.notEqual(opened.session.revokedAt, null);
        assert.deepEqual([owner(), thief()], ['refused', 'refused']);
      }),
    );
  });

  it('end it whichever of them is first, the thief or the owner', () => {
    for (const turns of ['OOT', 'TTO', 'OTOOOT', 'TOTTTO']) {
      const opened = openSession();
      const holders = { O: holder(opened), T: holder(opened) };
      const kinds = [...turns].map((turn) => holders[turn as 'O' | 'T']());
      assert.equal(kinds.at(-1), 'reuse', turns);
      assert.ok(!kinds.slice(0, -1).includes('reuse'), turns);
    }
  });
});
