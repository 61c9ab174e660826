import { z } from 'zod';
import { Failure } from '../failures.ts';
import { endpoint } from '../http/endpoint.ts';
import { jsonLines } from '../http/jsonLines.ts';
import type { PersonalRecord, Services } from '../ports.ts';

const id = z.string();
const time = z.date();

/** Everything about a person but the hash of the password, and copies of what another line has. */
const line = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('account'),
    data: z.object({
      userId: id,
      email: id,
      isActive: z.boolean(),
      role: z.string(),
      createdAt: time,
      updatedAt: time,
    }),
  }),
  z.object({
    kind: z.literal('session'),
    data: z.object({
      id,
      createdAt: time,
      lastUsedAt: time,
      expiresAt: time,
      revokedAt: time.nullable(),
    }),
  }),
  z.object({
    kind: z.literal('tweet'),
    data: z.object({
      tweet: z.record(z.string(), z.unknown()),
      createdAt: time,
      requestId: z.string(),
      messageId: z.string().nullable(),
      publishedAt: time.nullable(),
      givenUpAt: time.optional(),
    }),
  }),
  z.object({ kind: z.literal('deletedTweet'), data: z.object({ tweetId: id, deletedAt: time }) }),
  z.object({
    kind: z.literal('queueItem'),
    data: z.object({
      id,
      status: z.string(),
      attempts: z.int(),
      nextAttemptAt: time.nullable(),
      lastAttemptAt: time.nullable(),
      errorMessage: z.string().nullable(),
      createdAt: time,
      updatedAt: time,
    }),
  }),
  z.object({
    kind: z.literal('auditEntry'),
    data: z.object({
      at: time,
      event: z.string(),
      outcome: z.string(),
      sessionId: id.nullable(),
      reason: z.string().nullable(),
      requestId: z.string(),
      ip: z.string(),
      userAgent: z.string(),
    }),
  }),
  /** The last line: without it, something is missing. */
  z.object({ kind: z.literal('end'), lines: z.int() }),
]);

export const exportAccount = endpoint({
  name: 'exportAccount',
  method: 'GET',
  path: '/api/account/export',
  summary: 'Everything that is stored about me, as JSON Lines; the last line tells how many came before it',
  access: 'bearer',
  counting: 'lenient',
  perMinute: 5,
  request: null,
  responses: { 200: jsonLines(line) },
  failures: [],

  async handle({ caller, audit }, services) {
    await audit('account_exported', 'success', caller);
    return { status: 200, body: withEnd(caller.userId, services) };
  },
});

type End = { kind: 'end'; lines: number };

async function* withEnd(
  userId: string,
  { personalData, accounts }: Services,
): AsyncGenerator<PersonalRecord | End> {
  let lines = 0;
  for await (const record of personalData.read(userId)) {
    lines += 1;
    yield record;
  }
  // An account that was deleted meanwhile looks like one that is short.
  if (!(await accounts.findById(userId))) throw new Failure('unauthenticated', 'The session has ended.');
  yield { kind: 'end', lines };
}
