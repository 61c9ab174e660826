/** One sign-in and its chain of refresh tokens. */
export interface Session {
  id: string;
  userId: string;
  /** The highest generation of refresh token used so far; 0 right after login. */
  generation: number;
  expiresAt: Date;
  createdAt: Date;
  lastUsedAt: Date;
  revokedAt: Date | null;
  /** The account's `sessionEpoch` when the session began or was kept; absent for 0. */
  epoch?: number;
}

export type RefreshDecision =
  /** `changes` is empty if a repeat has nothing new to store. */
  | { kind: 'accepted'; userId: string; epoch: number; successor: number; changes: Partial<Session> }
  | { kind: 'reuse'; userId: string; changes: Partial<Session> }
  | { kind: 'refused'; reason: 'unknown' | 'expired' | 'revoked'; changes: Partial<Session> };

export function isLive({ revokedAt, expiresAt }: Session, now: Date): boolean {
  return !revokedAt && expiresAt > now;
}

/** Whether the session is of the account's current epoch. Ending all sessions raises the epoch. */
export const isOfEpoch = (
  { epoch = 0 }: { epoch?: number },
  { sessionEpoch = 0 }: { sessionEpoch?: number },
) => epoch === sessionEpoch;

export function latestUsedFirst(sessions: Session[]): Session[] {
  return sessions.toSorted((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime());
}

const LAST_USED_STEP_MS = 60_000;

export function newSession(id: string, userId: string, now: Date, lifetimeDays: number): Session {
  const expiresAt = new Date(now.getTime() + lifetimeDays * 86_400_000);
  return { id, userId, generation: 0, expiresAt, createdAt: now, lastUsedAt: now, revokedAt: null };
}

/**
 * A refresh token stays valid until its successor has been used: generations g (the highest used) and g+1 are valid. An
 * older one means that the token was stolen, and ends the session (RFC 9700 §4.14.2). Deciding twice changes nothing, so a
 * repeated commit is harmless.
 */
export function decideRefresh(session: Session | null, generation: number, now: Date): RefreshDecision {
  if (!session) return { kind: 'refused', reason: 'unknown', changes: {} };
  if (session.revokedAt) return { kind: 'refused', reason: 'revoked', changes: {} };
  if (session.expiresAt <= now) return { kind: 'refused', reason: 'expired', changes: {} };
  if (generation > session.generation + 1) return { kind: 'refused', reason: 'unknown', changes: {} };
  const { userId, epoch = 0 } = session;
  if (generation < session.generation) return { kind: 'reuse', userId, changes: { revokedAt: now } };

  const successor = generation + 1;
  if (generation > session.generation) {
    return { kind: 'accepted', userId, epoch, successor, changes: { generation, lastUsedAt: now } };
  }
  const seenLately = now.getTime() - session.lastUsedAt.getTime() < LAST_USED_STEP_MS;
  return { kind: 'accepted', userId, epoch, successor, changes: seenLately ? {} : { lastUsedAt: now } };
}
