import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRefusals } from '../../../src/http/refusals.ts';
import { fakeClock, type LogLine } from '../../support/memory/services.ts';

function setUp(different: Partial<Parameters<typeof createRefusals>[2]> = {}) {
  const clock = fakeClock(new Date('2026-03-01T12:00:15Z'));
  const reports: LogLine[] = [];
  const settings = { perNetwork: 3, linesPerSource: 2, lines: 5, maxSources: 100, ...different };
  const refusals = createRefusals(
    clock,
    (severity, event, fields = {}) => void reports.push({ severity, event, fields }),
    settings,
  );
  const refuse = (network: string, times: number) => {
    for (let request = 0; request < times; request += 1) refusals.count(network);
  };
  const logged = (source: string, times: number) =>
    Array.from({ length: times }, () => refusals.mayLog(source)).filter(Boolean).length;
  return { clock, reports, refusals, refuse, logged };
}

describe('refusals', () => {
  it('block a network after so many of them, until the minute ends', () => {
    const { refusals, refuse, clock } = setUp();
    refuse('192.0.2.1', 2);
    assert.equal(refusals.blockedSeconds('192.0.2.1'), null);
    refuse('192.0.2.1', 1);
    assert.equal(refusals.blockedSeconds('192.0.2.1'), 45);
    clock.advance(44_999);
    assert.equal(refusals.blockedSeconds('192.0.2.1'), 1);
    clock.advance(1);
    assert.equal(refusals.blockedSeconds('192.0.2.1'), null);
  });

  it('block no other network', () => {
    const { refusals, refuse } = setUp();
    refuse('192.0.2.1', 100);
    assert.equal(refusals.blockedSeconds('192.0.2.2'), null);
  });

  it('have so many log lines for one source, and so many for all together', () => {
    const { logged, clock } = setUp();
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((source) => logged(source, 10)),
      [2, 2, 1, 0],
    );
    clock.advance(60_000);
    assert.equal(logged('d', 10), 2);
  });

  it('without a line are reported once a minute, with their number', () => {
    const { logged, clock, reports, refusals } = setUp();
    logged('a', 10);
    logged('b', 3);
    assert.deepEqual(reports, []);
    clock.advance(60_000);
    refusals.blockedSeconds('c');
    refusals.blockedSeconds('c');
    assert.deepEqual(reports, [{ severity: 'WARNING', event: 'refusals_suppressed', fields: { count: 9 } }]);
    logged('a', 2);
    clock.advance(60_000);
    refusals.blockedSeconds('c');
    assert.equal(reports.length, 1, 'no report if all were logged');
  });

  it('are remembered for a bounded number of sources, those seen last', () => {
    const { refusals, refuse } = setUp({ maxSources: 100 });
    refuse('victim', 3);
    for (let other = 0; other < 99; other += 1) refuse(`other ${other}`, 1);
    assert.ok(refusals.blockedSeconds('victim'));
    refuse('victim', 1);
    refuse('one more', 1);
    assert.ok(refusals.blockedSeconds('victim'));
    for (let other = 0; other < 100; other += 1) refuse(`other ${other}`, 1);
    assert.equal(refusals.blockedSeconds('victim'), null);
  });

  it('stay blocked for a minute at most if the clock is set back', () => {
    const { refusals, refuse, clock } = setUp();
    refuse('192.0.2.1', 3);
    clock.advance(-3_600_000);
    assert.equal(refusals.blockedSeconds('192.0.2.1'), null);
  });

  it('never have more lines than allowed, whoever is refused', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 2000 }), (sources) => {
        const { refusals } = setUp({ lines: 50, linesPerSource: 3 });
        const lines = new Map<number, number>();
        for (const source of sources) {
          if (refusals.mayLog(String(source))) lines.set(source, (lines.get(source) ?? 0) + 1);
        }
        assert.ok([...lines.values()].reduce((sum, count) => sum + count, 0) <= 50);
      }),
    );
  });
});
