import type { Config } from '../config/parameters.ts';
import { truncateIp } from '../core/ip.ts';
import type { Clock, Ids, Log } from '../core/runtime.ts';
import { withTimeout } from '../core/timeout.ts';

/** How long a request waits for its audit document. */
export const AUDIT_TIMEOUT_MS = 2000;

export type AuditEvent =
  | 'register'
  | 'login'
  | 'refresh'
  | 'refresh_token_reuse'
  | 'logout'
  | 'logout_everywhere'
  | 'session_ended'
  | 'password_changed'
  | 'account_exported'
  | 'account_deleted'
  | 'account_created'
  | 'account_disabled'
  | 'account_enabled'
  | 'admin_granted'
  | 'paused'
  | 'resumed'
  | 'tweet_deleted'
  | 'admin_retry'
  | 'admin_purge'
  | 'admin_republish'
  | 'limit_hit'
  | 'forbidden'
  | 'capture';

/** An entry of the audit log (ASVS 5.0 16.2.1). It never contains a password, a token or the text of a tweet. */
export interface AuditEntry {
  id: string;
  at: Date;
  event: AuditEvent;
  outcome: 'success' | 'failure';
  userId: string | null;
  sessionId: string | null;
  /** A word or two, such as `wrong_password`. */
  reason: string | null;
  requestId: string;
  /** The /24 or /48 of the caller. */
  ip: string;
  userAgent: string;
  /** When the entry may be deleted. */
  expiresAt: Date;
}

export interface AuditLog {
  append(entry: AuditEntry): Promise<void>;
}

/** The subject of an event. With `lineOnly` it is only logged, and no document is stored. */
export type About = Partial<Pick<AuditEntry, 'userId' | 'sessionId' | 'reason'>> & { lineOnly?: boolean };

export type Audit = (event: AuditEvent, outcome: AuditEntry['outcome'], about?: About) => Promise<void>;

export interface AuditServices {
  auditLog: AuditLog;
  clock: Clock;
  ids: Ids;
  config: Pick<Config, 'AUDIT_RETENTION_DAYS'>;
}

const MAX_USER_AGENT = 200;

/**
 * Records the events of one request, first as a log line, then as a document. If the document cannot be stored, the request
 * still succeeds, and an error is logged.
 */
export function createAudit(
  { auditLog, clock, ids, config }: AuditServices,
  from: { requestId: string; ip: string; userAgent: string; log: Log },
): Audit {
  return async (event, outcome, { userId = null, sessionId = null, reason = null, lineOnly } = {}) => {
    const at = clock.now();
    const entry: AuditEntry = {
      id: ids(),
      at,
      event,
      outcome,
      userId,
      sessionId,
      reason,
      requestId: from.requestId,
      ip: truncateIp(from.ip),
      userAgent: from.userAgent.slice(0, MAX_USER_AGENT),
      expiresAt: new Date(at.getTime() + config.AUDIT_RETENTION_DAYS * 86_400_000),
    };
    const { id: _, at: __, expiresAt: ___, ...line } = entry;
    from.log(event === 'refresh_token_reuse' ? 'WARNING' : 'INFO', 'audit', {
      ...line,
      at: at.toISOString(),
    });
    if (lineOnly) return;
    try {
      await withTimeout(AUDIT_TIMEOUT_MS, auditLog.append(entry), () => {
        throw new Error('The database did not answer in time');
      });
    } catch (error) {
      from.log('ERROR', 'audit_not_stored', { event, reason: String(error) });
    }
  };
}
