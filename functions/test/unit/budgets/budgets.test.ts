import assert from 'node:assert/strict';
import type { Amounts } from '../../../src/budgets/budgetStore.ts';
import { BUDGET_SETTINGS, createBudgets } from '../../../src/budgets/budgets.ts';
import { AppError } from '../../../src/core/errors.ts';
import { memoryBudgets } from '../../support/memory/budgets.ts';
import { fakeClock, type LogLine } from '../../support/memory/services.ts';

const limits: Amounts = { captures: 1000, bytes: 1_000_000, exports: 3, reads: 500 };

describe('the daily budgets', () => {
  const userId = 'user';
  let clock: ReturnType<typeof fakeClock>;
  let store: ReturnType<typeof memoryBudgets>;
  let lines: LogLine[];
  const instance = () =>
    createBudgets(
      store,
      clock,
      (severity, event, fields = {}) => void lines.push({ severity, event, fields }),
      limits,
      { ...BUDGET_SETTINGS, reportTimeoutMs: 50 },
    );
  beforeEach(() => {
    clock = fakeClock();
    store = memoryBudgets();
    lines = [];
  });
  const captured = (budgets: ReturnType<typeof instance>, captures = 1) =>
    budgets.spend(userId, ['captures'], { captures });
  const refusal = (work: Promise<unknown>, message: RegExp) =>
    assert.rejects(work, (error) => {
      assert.ok(error instanceof AppError && error.code === 'rate_limited');
      assert.match(error.message, message);
      return true;
    });

  it('cost no write until a step of a budget is counted, and then one', async () => {
    const budgets = instance();
    for (let count = 0; count < 9; count += 1) await captured(budgets);
    assert.equal(store.writes(), 0);
    await captured(budgets);
    assert.equal(store.writes(), 1);
    assert.equal((await store.read(userId, '2026-03-01')).captures, 10);
    for (let count = 0; count < 9; count += 1) await captured(budgets);
    assert.equal(store.writes(), 1);
  });

  it('refuse what is beyond them until midnight UTC, and say what to raise', async () => {
    const budgets = instance();
    await captured(budgets, 999);
    await captured(budgets);
    clock.advance(3_600_000);
    const refused = captured(budgets);
    await refusal(refused, /DAILY_CAPTURES is 1000\. It resets at midnight UTC.*raise DAILY_CAPTURES/);
    assert.equal((await refused.catch((error) => error)).retryAfterSeconds, 11 * 3600);
    clock.advance(11 * 3_600_000);
    await captured(budgets);
  });

  it('refuse as a whole what does not fit as a whole, and let pass what does', async () => {
    const budgets = instance();
    await captured(budgets, 950);
    await refusal(captured(budgets, 100), /DAILY_CAPTURES/);
    await captured(budgets, 50);
  });

  it('are each apart, and apart for each user', async () => {
    const budgets = instance();
    await captured(budgets, 1000);
    await refusal(budgets.spend(userId, ['captures', 'bytes'], { captures: 1, bytes: 1 }), /DAILY_CAPTURES/);
    await budgets.spend(userId, ['reads'], {});
    await budgets.spend('other', ['captures'], { captures: 1 });
  });

  it('are exceeded by a step at most for each instance', async () => {
    let passed = 0;
    for (const budgets of [instance(), instance(), instance()]) {
      try {
        for (;;) {
          await captured(budgets);
          passed += 1;
        }
      } catch (error) {
        assert.ok(error instanceof AppError);
      }
    }
    assert.ok(passed >= 1000 && passed <= 1000 + 2 * 10, `${passed}`);
  });

  it('log the first refusal of a user’s day, and no other', async () => {
    const budgets = instance();
    await captured(budgets, 1000);
    for (let count = 0; count < 3; count += 1) await assert.rejects(captured(budgets));
    assert.deepEqual(
      lines.map(({ event, fields }) => [event, fields]),
      [['budget_used_up', { userId, budget: 'captures' }]],
    );
  });

  it('let everything pass where the store fails or is silent, and try again a step later', async () => {
    const budgets = instance();
    const { add } = store;
    store.add = async () => {
      throw new AppError('unavailable', 'down');
    };
    for (let count = 0; count < 15; count += 1) await captured(budgets);
    assert.equal(lines.filter(({ event }) => event === 'budget_not_reported').length, 1);
    store.add = () => new Promise(() => {});
    for (let count = 0; count < 10; count += 1) await captured(budgets);
    assert.equal(lines.filter(({ event }) => event === 'budget_not_reported').length, 2);
    store.add = add;
    for (let count = 0; count < 5; count += 1) await captured(budgets);
    assert.equal((await store.read(userId, '2026-03-01')).captures, 30);
  });

  it('hold even where the store has failed all day', async () => {
    const budgets = instance();
    store.add = async () => {
      throw new AppError('unavailable', 'down');
    };
    await captured(budgets, 1000);
    await refusal(captured(budgets), /DAILY_CAPTURES/);
  });

  it('do not open a day again where a clock steps back', async () => {
    const budgets = instance();
    clock.advance(12 * 3_600_000);
    await captured(budgets, 1000);
    clock.advance(-60_000);
    await refusal(captured(budgets), /DAILY_CAPTURES/);
  });

  it('tell what is used, with what this instance has not reported', async () => {
    const budgets = instance();
    await captured(budgets, 10);
    await captured(budgets, 3);
    const { used, resetsAt } = await budgets.usage(userId);
    assert.equal(used.captures, 13);
    assert.deepEqual(resetsAt, new Date('2026-03-02T00:00:00Z'));
    assert.equal((await instance().usage(userId)).used.captures, 10);
  });

  describe('of exports', () => {
    it('let one at a time through, and the next when it has ended, over all instances', async () => {
      const [mine, other] = [instance(), instance()];
      const end = await mine.startExport(userId, 'a');
      const refused = other.startExport(userId, 'b');
      await refusal(refused, /is running/);
      assert.equal((await refused.catch((error) => error)).retryAfterSeconds, 30);
      await (await other.startExport('somebody', 'c'))(0);
      await end(7);
      await (await other.startExport(userId, 'b'))(0);
      const { used } = await other.usage(userId);
      assert.deepEqual([used.exports, used.reads], [2, 7]);
    });

    it('let the next one through where one did not say that it ended', async () => {
      await instance().startExport(userId, 'a');
      clock.advance(BUDGET_SETTINGS.exportLockMs - 1000);
      const refused = instance().startExport(userId, 'b');
      await refusal(refused, /is running/);
      assert.equal((await refused.catch((error) => error)).retryAfterSeconds, 1);
      clock.advance(1000);
      await instance().startExport(userId, 'b');
    });

    it('are counted exactly, whatever instance they meet', async () => {
      for (const id of ['a', 'b', 'c']) await (await instance().startExport(userId, id))(0);
      await refusal(instance().startExport(userId, 'd'), /DAILY_EXPORTS is 3/);
    });

    it('refuse where all reads are used up', async () => {
      await (await instance().startExport(userId, 'a'))(500);
      await refusal(instance().startExport(userId, 'b'), /DAILY_READS/);
      await refusal(
        instance()
          .spend(userId, ['reads'], {})
          .then(() => instance().startExport(userId, 'b')),
        /READS/,
      );
    });

    it('fail where they cannot be counted at the start, and do not where at the end', async () => {
      const { startExport } = store;
      store.startExport = async () => {
        throw new AppError('unavailable', 'down');
      };
      await assert.rejects(instance().startExport(userId, 'a'), { code: 'unavailable' });
      store.startExport = startExport;
      store.endExport = () => new Promise(() => {});
      await (await instance().startExport(userId, 'a'))(5);
      assert.equal(lines.filter(({ event }) => event === 'budget_not_reported').length, 1);
    });
  });
});
