import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { newUser, post } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { functionsFirestore } from '../support/firestore.ts';
import { PASSWORD } from '../support/requests.ts';
import { sampleCapture } from '../support/samples.ts';
import { suite } from '../support/suite.ts';

const TWEETS = 2000;
const db = functionsFirestore();

describe('deleting an account of 2000 tweets', function () {
  this.timeout(120_000);
  let user: Awaited<ReturnType<typeof newUser>>;

  beforeEach(async () => {
    user = await newUser();
    for (let start = 0; start < TWEETS; start += 400) {
      const batch = db.batch();
      for (let index = start; index < start + 400; index += 1) {
        const { id, userId, createdAt } = sampleCapture(new Date(), user.userId);
        // Published already, so that no trigger is busy with them.
        batch.set(db.doc(`tweets/${id}`), {
          userId,
          createdAt,
          pubsubMessageId: 'projects/p/topics/t/messages/1',
        });
        if (index % 10 === 0) batch.set(db.doc(`queue/${id}`), { userId, status: 'failed' });
      }
      await batch.commit();
    }
  });

  /** The paths of all documents, in every collection, that name the user by id or content. */
  const traces = async () => {
    const found: string[] = [];
    for (const collection of await db.listCollections()) {
      for (const document of (await collection.get()).docs) {
        const text = document.ref.path + JSON.stringify(document.data());
        if (text.includes(user.userId) || text.includes(user.email)) found.push(document.ref.path);
      }
    }
    return found;
  };
  const remove = () =>
    post('/api/account/delete', { password: PASSWORD }, { Authorization: `Bearer ${user.accessToken}` });
  /** As if the request were so long ago that nothing can come any more. */
  const settle = async () => {
    await db.doc(`erasures/${user.userId}`).update({ begunAt: new Date(Date.now() - 3_600_000) });
    await suite.runSchedule('eraseAccounts');
  };

  it('leaves nothing of it in any collection [Privacy 4]', async () => {
    assert.ok((await traces()).length > TWEETS * 1.1);
    assert.equal((await remove()).status, 204);
    assert.deepEqual(await traces(), [`erasures/${user.userId}`]);
    const { status } = await post('/api/auth/login', { email: user.email, password: PASSWORD });
    assert.equal(status, 401);
    await settle();
    assert.deepEqual(await traces(), []);
  });

  it('leaves nothing when it was killed half-way and is run again [Privacy 5]', async () => {
    const left = async () =>
      (await db.collection('tweets').where('userId', '==', user.userId).count().get()).data().count;
    await db.doc(`erasures/${user.userId}`).set({ begunAt: new Date() });
    const program = new URL('../support/eraser.ts', import.meta.url).pathname;
    const eraser = spawn(process.execPath, [program, user.userId], { stdio: 'inherit' });
    await eventually('half-way', async () => (await left()) < TWEETS, 30_000);
    eraser.kill('SIGKILL');
    await once(eraser, 'exit');
    assert.ok((await left()) > 0, 'it was done before it was killed');

    await remove();
    await settle();
    assert.deepEqual(await traces(), []);
  });
});
