import { randomUUID } from 'node:crypto';
import type { Account } from '../../src/accounts/account.ts';
import { newSession, type Session } from '../../src/accounts/session.ts';
import { type Capture, liveTweetFields, newCapture } from '../../src/tweets/tweet.ts';
import type { Stores } from './adapters.ts';

let counter = 0;

/** A tweet id that no other test uses. */
export const newTweetId = () =>
  String(1_700_000_000_000_000_000n + BigInt(Date.now()) * 1000n + BigInt(counter++));

/** The least that a capture needs, with what a test wants different. */
export function sampleBody(different: Record<string, unknown> = {}) {
  return { tweetId: newTweetId(), tweetText: 'Hello, world', authorUsername: 'someone', ...different };
}

/** Every field of the capture request, each with a valid value that is not its default. */
export function completeTweet() {
  return sampleBody({
    tweetUrl: 'https://x.com/someone/status/1700000000000000000',
    authorDisplayName: 'Some One',
    timestamp: '2026-02-28T23:59:59.123+02:00',
    capturedAt: 1_772_366_400_000,
    threadId: '1700000000000000001',
    parentTweetId: '20',
    conversationId: null,
    isReply: true,
    isRetweet: true,
    isQuoteTweet: true,
    isThread: true,
    hasImage: true,
    hasVideo: true,
    hasLink: true,
  });
}

export function sampleCapture(now: Date, userId: string = randomUUID()): Capture {
  return newCapture({
    userId,
    fields: liveTweetFields.parse(sampleBody()),
    source: 'chrome-extension',
    requestId: randomUUID(),
    operationId: randomUUID(),
    createdAt: now,
  });
}

export function sampleAccount(email: string, now: Date): Account {
  return {
    userId: randomUUID(),
    email,
    passwordHash: '$2b$04$irrelevant',
    isActive: true,
    role: 'user',
    createdAt: now,
    updatedAt: now,
  };
}

/** Makes sessions, and the accounts that they need. */
export async function seedSessions(
  { accounts, sessions }: Pick<Stores, 'accounts' | 'sessions'>,
  ...wanted: Session[]
): Promise<void> {
  for (const session of wanted) {
    const { userId, createdAt } = session;
    const known = await accounts.findById(userId);
    const account = known ?? { ...sampleAccount(`${userId}@example.com`, createdAt), userId };
    if (known) await sessions.create(session, account.passwordHash);
    else await accounts.createUnlessTaken(account, session);
  }
}

export const sampleSession = (userId: string, now: Date): Session =>
  newSession(randomUUID(), userId, now, 30);
