import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { readAll } from '../../src/platform/firestore/readAll.ts';
import { countOperations } from '../support/countOperations.ts';
import { eventually } from '../support/eventually.ts';
import { faultyProxy } from '../support/faultyProxy.ts';
import { fillFirestore } from '../support/fillFirestore.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { freePorts } from '../support/freePorts.ts';
import { suite } from '../support/suite.ts';

const TWEETS = 400;

describe('a query that is read while it is taken', function () {
  this.timeout(60_000);
  const userId = randomUUID();
  const projectId = `demo-${userId}`;
  const [port] = freePorts(1) as [number];
  const proxy = faultyProxy(port, Number(suite.firestoreHost.split(':')[1]));
  let db: Firestore;
  before(async () => {
    await fillFirestore(emptyFirestore(projectId), userId, TWEETS);
    await proxy.listen();
    // It takes its host from the environment when it is made, whatever its settings say.
    process.env.FIRESTORE_EMULATOR_HOST = `127.0.0.1:${port}`;
    db = getFirestore(initializeApp({ projectId }, `behind a proxy ${userId}`));
    process.env.FIRESTORE_EMULATOR_HOST = suite.firestoreHost;
  });
  after(() => proxy.cut());
  const all = (timeoutMs: number) =>
    readAll(db.collection('tweets').where('userId', '==', userId).orderBy('createdAt'), timeoutMs);

  it('has every document', async () => {
    let count = 0;
    for await (const _ of all(20_000)) count += 1;
    assert.equal(count, TWEETS);
  });

  it('leaves no call behind when its reader leaves', async () => {
    const operations = countOperations(db);
    for await (const _ of all(20_000)) break;
    // Reads are counted when the call ends.
    await eventually('the call ends', () => operations.reads > 0);
    assert.equal(operations.reads, 250);
  });

  it('ends when Firestore goes silent in the middle', async () => {
    const documents = all(2000);
    await documents.next();
    await proxy.mute();
    const rest = async () => {
      for await (const _ of documents);
    };
    await assert.rejects(rest(), { code: 'unavailable' });
    await proxy.restore();
  });
});
