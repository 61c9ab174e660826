import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { type Answered, call } from '../support/call.ts';
import { collect } from '../support/collect.ts';
import { ALL, onEveryEndpoint, open } from '../support/everyEndpoint.ts';
import { captured, queued } from '../support/fill.ts';
import { type Ids, unknownIds, withIds } from '../support/ids.ts';
import { bearer } from '../support/requests.ts';
import { sampleSession, seedSessions } from '../support/samples.ts';

type Opened = Awaited<ReturnType<typeof open>>;

/** A user with two sessions, two tweets in the queue and one beside it. */
async function someone({ services }: Opened) {
  const userId = randomUUID();
  const headers = await bearer(services, { userId });
  const session = sampleSession(userId, services.clock.now());
  await seedSessions(services, session);
  const tweets = [...(await queued(services, 2, userId)), ...(await captured(services, 1, userId))];
  const ids: Ids = { userId, sessionId: session.id, tweetId: tweets[0]?.fields.tweetId ?? '' };
  const stored = async () => structuredClone(await collect(services.personalData.read(userId)));
  const marks = [userId, session.id, ...tweets.map(({ fields: tweet }) => tweet.tweetId)];
  return { headers, ids, stored, marks };
}

/** What an answer says, without what differs from request to request. */
const said = ({ status, body }: Answered) => ({ status, ...body, requestId: '' });
const isForUsers = ({ access }: ServedEndpoint) => access === 'bearer';
const namesId = ({ params }: ServedEndpoint) => params !== undefined;
const takesCursor = ({ query }: ServedEndpoint) =>
  'cursor' in ((query as z.ZodObject | undefined)?.shape ?? {});

describe('what belongs to another user, at', () => {
  let opened: Opened;
  let other: Awaited<ReturnType<typeof someone>>;
  const setUp = async (definition: ServedEndpoint) => {
    opened = await open(definition);
    other = await someone(opened);
    return await bearer(opened.services);
  };

  onEveryEndpoint((definition) => {
    it('is neither shown nor counted nor touched by a request of one’s own', async () => {
      await setUp(definition);
      const before = await other.stored();
      const answer = await opened.send();
      assertSuccess(definition, answer);
      for (const mark of other.marks) assert.ok(!answer.text.includes(mark), answer.text);
      const alone = await open(definition);
      assert.equal(answer.body?.items?.length, (await alone.send()).body?.items?.length);
      assert.deepEqual(await other.stored(), before);
    });
  }, isForUsers);

  onEveryEndpoint(
    (definition) => {
      it('is as if it did not exist where its id is named, and stays as it is', async () => {
        const headers = await setUp(definition);
        const before = await other.stored();
        const ask = (ids: Ids, as: Record<string, string>) =>
          call(definition, opened.services, { path: withIds(definition.path, ids), headers: as });
        const answer = await ask(other.ids, headers);
        assertProblem(answer, isForUsers(definition) ? 'not_found' : 'forbidden');
        assert.deepEqual(said(answer), said(await ask(unknownIds(), headers)));
        assert.deepEqual(await other.stored(), before);
        if (isForUsers(definition)) assertSuccess(definition, await ask(other.ids, other.headers));
      });
    },
    (definition) => namesId(definition) && definition.access !== 'public',
  );

  onEveryEndpoint(
    (definition) => {
      it('cannot be reached by a cursor', async () => {
        const headers = await setUp(definition);
        const page = (query: string, as: Record<string, string>) =>
          call(definition, opened.services, { path: `${definition.path}?${query}`, headers: as });
        const { nextCursor } = (await page('limit=1', other.headers)).body;
        assert.ok(nextCursor);
        assertProblem(await page(`cursor=${nextCursor}`, headers), 'invalid_request');
      });
    },
    (definition) => takesCursor(definition) && isForUsers(definition),
  );

  it('is nowhere named but behind a token', () => {
    const open = ALL.filter((definition) => namesId(definition) && definition.access === 'public');
    assert.deepEqual(open, []);
  });
});
