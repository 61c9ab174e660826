import { z } from 'zod';
import type { AccountStore } from '../accounts/ports.ts';
import { AppError } from '../core/errors.ts';
import { endpoint } from '../http/endpoint.ts';
import { jsonLines } from '../http/textStream.ts';
import type { PersonalData, PersonalRecord, RecordPlace } from './ports.ts';

const text = (example: string) => z.string().meta({ examples: [example] });
const maybe = (example: string | null) =>
  z
    .string()
    .nullable()
    .meta({ examples: [example] });
const id = text('5f0c1e4e-3b8f-4a55-9a0e-6d2f1c9b7a10');
/** The id of a tweet and of its queue item. */
const documentId = text('5f0c1e4e-3b8f-4a55-9a0e-6d2f1c9b7a10_1790000000000000001');
const tweetId = text('1790000000000000001');
const time = z.date();

const kind = z.enum(['account', 'session', 'tweet', 'deletedTweet', 'queueItem', 'auditEntry']);
const after = z
  .string()
  .regex(/^[A-Za-z]+,[A-Za-z0-9][\w-]{0,99}$/, 'must be the kind and the id of a line, separated by a comma')
  .transform((line) => {
    const [kind, id] = line.split(',');
    return { kind, id };
  })
  .pipe(z.object({ kind, id: z.string() }));

/** Everything about a person except the password hash and copies of other lines. */
const line = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('account'),
      id: id,
      data: z.object({
        userId: id,
        email: text('user@example.com'),
        isActive: z.boolean(),
        role: text('user'),
        createdAt: time,
        updatedAt: time,
      }),
    }),
    z.object({
      kind: z.literal('session'),
      id: id,
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
      id: documentId,
      data: z.object({
        tweet: z.record(z.string(), z.unknown()).meta({
          examples: [
            { tweetId: '1790000000000000001', tweetText: 'Hello, world', authorUsername: 'someone' },
          ],
        }),
        source: text('chrome-extension'),
        revision: z
          .int()
          .optional()
          .meta({ examples: [2] }),
        createdAt: time,
        requestId: id,
        messageId: maybe('projects/tweets/topics/tweet-likes-raw/messages/17'),
        publishedAt: time.nullable(),
        givenUpAt: time.optional(),
      }),
    }),
    z.object({
      kind: z.literal('deletedTweet'),
      id: documentId,
      data: z.object({ tweetId, deletedAt: time }),
    }),
    z.object({
      kind: z.literal('queueItem'),
      id: documentId,
      data: z.object({
        id: documentId,
        status: text('failed'),
        attempts: z.int(),
        nextAttemptAt: time.nullable(),
        lastAttemptAt: time.nullable(),
        errorMessage: maybe('Pub/Sub answered 503'),
        createdAt: time,
        updatedAt: time,
      }),
    }),
    z.object({
      kind: z.literal('auditEntry'),
      id: id,
      data: z.object({
        at: time,
        event: text('login'),
        outcome: text('success'),
        sessionId: id.nullable(),
        reason: maybe(null),
        requestId: id,
        ip: text('192.0.2.1'),
        userAgent: text('curl/8.5.0'),
      }),
    }),
    z.object({
      kind: z.literal('end'),
      lines: z.int().meta({
        description:
          'The number of lines before this one. If a part has no end line, request the rest with after',
        examples: [6],
      }),
    }),
  ])
  .meta({ id: 'ExportedRecord' });

interface ExportServices {
  personalData: PersonalData;
  accounts: AccountStore;
}

export const exportAccount = endpoint({
  name: 'exportAccount',
  method: 'GET',
  path: '/api/account/export',
  summary:
    'Export everything that is stored about me as JSON Lines, in parts of about 8 MB. The last part ends with a line of kind end',
  access: 'bearer',
  rateLimitMode: 'lenient',
  spends: ['exports', 'reads'],
  perMinute: 5,
  maxParallel: 4,
  query: z.object({
    after: after.optional().meta({
      description: 'Continue after this line: its kind and id, separated by a comma',
    }),
  }),
  request: null,
  responses: { 200: jsonLines(line) },
  errors: [],

  async handle({ caller, query: { after }, audit }, services: ExportServices) {
    await audit('account_exported', 'success', caller);
    return { status: 200, body: withEnd(caller.userId, after, services) };
  },
});

type Line = z.input<typeof line>;

/** On the wire a tweet's fields are named `tweet`. */
const toLine = (record: PersonalRecord): Line =>
  record.kind === 'tweet' ? { ...record, data: { ...record.data, tweet: record.data.fields } } : record;

async function* withEnd(
  userId: string,
  after: RecordPlace | undefined,
  { personalData, accounts }: ExportServices,
): AsyncGenerator<Line> {
  let lines = 0;
  for await (const record of personalData.read(userId, after)) {
    lines += 1;
    yield toLine(record);
  }
  // An account that was deleted meanwhile must not look complete.
  if (!(await accounts.findById(userId)))
    throw new AppError('unauthenticated', 'The session has ended. Sign in again.');
  yield { kind: 'end', lines };
}
