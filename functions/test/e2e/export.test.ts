import assert from 'node:assert/strict';
import { newUser, send } from '../support/api.ts';
import { fillFirestore } from '../support/fillFirestore.ts';
import { functionsFirestore } from '../support/firestore.ts';
import { startInstance } from '../support/production.ts';
import { SECRETS } from '../support/project.ts';

const TWEETS = 2000;
const db = functionsFirestore();

describe('an export of 2000 tweets', function () {
  this.timeout(60_000);
  let instance: ReturnType<typeof startInstance>;
  let user: Awaited<ReturnType<typeof newUser>>;

  before(async () => {
    instance = startInstance('bulk', SECRETS);
    [user] = await Promise.all([newUser(), instance.ready()]);
    await fillFirestore(db, user.userId, TWEETS);
  });
  after(() => instance.stop());
  const exported = () =>
    send('GET', `${instance.url}api/account/export`, {
      headers: { Authorization: `Bearer ${user.accessToken}` },
    });

  it('has each of them once, and an end that counts', async () => {
    const lines = (await exported()).text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const tweets = lines.filter(({ kind }) => kind === 'tweet');
    assert.equal(new Set(tweets.map(({ data }) => data.tweet.tweetId)).size, TWEETS);
    assert.equal(tweets.length, TWEETS);
    assert.deepEqual(lines.at(-1), { kind: 'end', lines: lines.length - 1 });
  });

  it('goes on after a line of it', async () => {
    const path = `${instance.url}api/account/export?after=tweet,${user.userId}_`;
    const lines = (await send('GET', path, { headers: { Authorization: `Bearer ${user.accessToken}` } })).text
      .trimEnd()
      .split('\n');
    assert.equal(lines.filter((line) => line.startsWith('{"kind":"tweet"')).length, TWEETS);
    assert.ok(!lines.some((line) => line.startsWith('{"kind":"session"')));
  });

  it('breaks off where one cannot be read, rather than look complete', async () => {
    await db.doc(`tweets/${user.userId}_9`).set({ userId: user.userId, rawData: 'damaged' });
    await assert.rejects(exported(), /terminated|aborted|closed/);
  });
});
