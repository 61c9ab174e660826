import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { AuditLog } from '../../../src/audit/audit.ts';
import { AUDIT_TIMEOUT_MS, type Audit, type AuditEvent, createAudit } from '../../../src/audit/audit.ts';
import { AppError } from '../../../src/core/errors.ts';
import { memoryServices } from '../../support/memory/services.ts';

const userId = 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6';
const sessionId = '0d9c2f3e-1b5a-4c7d-8e6f-123456789abc';

function setUp({
  ip = '192.0.2.199',
  userAgent = 'Browser/1.0',
  days = '90',
  auditLog = null as AuditLog | null,
} = {}) {
  const { services, lines, audited, clock } = memoryServices({ AUDIT_RETENTION_DAYS: days });
  const from = { requestId: 'request-1', ip, userAgent, log: services.log };
  const audit: Audit = createAudit({ ...services, auditLog: auditLog ?? services.auditLog }, from);
  return { audit, lines, clock, entries: () => [...audited.values()], from };
}

describe('an event in the audit log', () => {
  it('is a log line and a document, which say the same', async () => {
    const { audit, lines, entries, clock } = setUp();
    await audit('login', 'failure', { userId, sessionId, reason: 'account_disabled' });
    const said = {
      event: 'login',
      outcome: 'failure',
      userId,
      sessionId,
      reason: 'account_disabled',
      requestId: 'request-1',
      ip: '192.0.2.0/24',
      userAgent: 'Browser/1.0',
    };
    const at = clock.now();
    const fields = { ...said, at: '2026-03-01T12:00:00.000Z' };
    assert.deepEqual(lines, [{ severity: 'INFO', event: 'audit', fields }]);
    const [entry, ...others] = entries();
    assert.ok(entry);
    const { id, ...stored } = entry;
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(stored, { ...said, at, expiresAt: new Date('2026-05-30T12:00:00Z') });
    assert.deepEqual(others, []);
  });

  it('says of nobody and no session that there is none', async () => {
    const { audit, entries } = setUp();
    await audit('limit_hit', 'failure');
    const { userId, sessionId, reason } = entries()[0] ?? {};
    assert.deepEqual([userId, sessionId, reason], [null, null, null]);
  });

  it('says nothing but what it is made for, whatever comes with it', async () => {
    const { audit, entries, lines } = setUp();
    await audit('login', 'success', { userId, ...{ password: 's3cret', refreshToken: 's3cret' } });
    assert.ok(!JSON.stringify([entries(), lines]).includes('s3cret'));
  });

  it('has an id of its own, and the time at which it happened', async () => {
    const { audit, clock, entries } = setUp();
    await audit('login', 'success');
    clock.advance(1000);
    await audit('logout', 'success');
    const [first, second] = entries();
    assert.notEqual(first?.id, second?.id);
    assert.deepEqual(second?.at, new Date('2026-03-01T12:00:01Z'));
  });

  it('is kept for as many days as AUDIT_RETENTION_DAYS tells [ASVS 14.2.7]', async () => {
    const { audit, entries } = setUp({ days: '1' });
    await audit('login', 'success');
    assert.deepEqual(entries()[0]?.expiresAt, new Date('2026-03-02T12:00:00Z'));
  });

  it('has no more of the caller than the network and 200 characters of the user agent [ASVS 14.2.4]', async () => {
    const ip = '2001:db8:1:2:3:4:5:6';
    const { audit, lines, entries } = setUp({ ip, userAgent: `${'x'.repeat(199)}yz` });
    await audit('login', 'success');
    for (const said of [entries()[0], lines[0]?.fields]) {
      assert.equal(said?.ip, '2001:db8:1::/48');
      assert.equal(said?.userAgent, `${'x'.repeat(199)}y`);
    }
  });

  it('is a log line only where that is enough', async () => {
    const { audit, lines, entries } = setUp();
    await audit('capture', 'success', { userId, lineOnly: true });
    assert.deepEqual([lines.length, entries()], [1, []]);
    assert.ok(!('lineOnly' in (lines[0]?.fields ?? {})));
  });

  it('is a warning where a token was used twice, and nowhere else', async () => {
    const { audit, lines } = setUp();
    const events: AuditEvent[] = ['refresh_token_reuse', 'refresh', 'login', 'limit_hit', 'account_deleted'];
    for (const event of events) await audit(event, 'failure');
    assert.deepEqual(
      lines.map(({ severity }) => severity),
      ['WARNING', 'INFO', 'INFO', 'INFO', 'INFO'],
    );
  });
});

describe('an audit log that cannot be written', () => {
  const errorOf = (reason: string) => ({
    severity: 'ERROR',
    event: 'audit_not_stored',
    fields: { event: 'login', reason },
  });

  it('fails nobody: the line is there, and another one says so', async () => {
    const append = async () => {
      throw new AppError('unavailable', 'The database is down.');
    };
    const { audit, lines } = setUp({ auditLog: { append } });
    await audit('login', 'success', { userId });
    assert.equal(lines[0]?.fields.userId, userId);
    assert.deepEqual(lines.slice(1), [errorOf('AppError: The database is down.')]);
  });

  it('keeps nobody waiting for longer than its time', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { audit, lines } = setUp({ auditLog: { append: () => new Promise(() => {}) } });
      const recorded = audit('login', 'success');
      let hasEnded = false;
      void recorded.then(() => {
        hasEnded = true;
      });
      assert.equal(lines.length, 1, 'the line comes first');
      mock.timers.tick(AUDIT_TIMEOUT_MS - 1);
      await new Promise(setImmediate);
      assert.ok(!hasEnded);
      mock.timers.tick(1);
      await recorded;
      assert.deepEqual(lines.slice(1), [errorOf('Error: The database did not answer in time')]);
    } finally {
      mock.timers.reset();
    }
  });
});
