import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Firestore } from 'firebase-admin/firestore';
import { createKeyring } from '../../src/accounts/keys.ts';
import { createAccountStore } from '../../src/firebase/accountStore.ts';
import { fillFirestore } from '../support/fillFirestore.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { linesOf, rowsOf } from '../support/lines.ts';
import { memoryServices } from '../support/memory/services.ts';
import { watchMemory } from '../support/peakMemory.ts';
import { startInstance } from '../support/production.ts';
import { SECRETS } from '../support/project.ts';
import { bearer } from '../support/requests.ts';

/** EXPORT_TWEETS=100000 measures the largest export that is promised. */
const TWEETS = Number(process.env.EXPORT_TWEETS ?? 5000);
const MOST_MEBIBYTES = 256;
/** Of the length of a tweet, with characters of one to four bytes. */
const TEXT = 'Über 7,000 £ — "says" 😀, and more… '.repeat(8);

/** What Node 24 chooses by itself in a container of 256 MiB; by the memory of this machine it would let garbage lie about. */
const NODE_OPTIONS = '--max-old-space-size=256 --max-semi-space-size=1';

/** One process as in production, on a Firestore where no trigger listens. */
describe(`an export of ${TWEETS} tweets`, function () {
  this.timeout(60_000 + 10 * TWEETS);
  const userId = randomUUID();
  const project = `demo-${userId}`;
  let db: Firestore;
  let instance: ReturnType<typeof startInstance>;
  let headers: Record<string, string>;

  const signedIn = (who: string) => {
    const { services } = memoryServices();
    const clock = { ...services.clock, now: () => new Date() };
    const keys = () => createKeyring([SECRETS.JWT_SECRET_KEY]);
    return bearer({ ...services, clock, keys, accounts: createAccountStore(db) }, { userId: who });
  };
  before(async () => {
    db = emptyFirestore(project);
    headers = await signedIn(userId);
    await fillFirestore(db, userId, TWEETS, { tweetText: TEXT });
  });
  beforeEach(async () => {
    instance = startInstance('exportTweets', {
      ...SECRETS,
      NODE_OPTIONS,
      GCLOUD_PROJECT: project,
      GOOGLE_CLOUD_PROJECT: project,
    });
    await instance.ready();
  });
  afterEach(() => void instance.stop());

  /** The whole text, and the most memory that the function had; `pause` is what a reader does at each piece. */
  const exported = async (format: string, pause: (pieces: number) => Promise<unknown> = async () => {}) => {
    const startedAt = performance.now();
    const memory = watchMemory(instance.child.pid as number);
    const texts: string[] = [];
    let peak = 0;
    try {
      const response = await fetch(`${instance.url}?format=${format}`, { headers });
      assert.equal(response.status, 200);
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
        texts.push(decoder.decode(bytes, { stream: true }));
        await pause(texts.length);
      }
    } finally {
      peak = await memory.end();
    }
    const seconds = (performance.now() - startedAt) / 1000;
    console.log(`      ${format}: ${seconds.toFixed(1)} s, at most ${peak} MiB`);
    return { text: texts.join(''), peak };
  };
  const read = { jsonl: linesOf, csv: rowsOf };

  for (const format of ['jsonl', 'csv'] as const) {
    it(`has each of them once, and needs less than ${MOST_MEBIBYTES} MiB: ${format}`, async () => {
      const { text, peak } = await exported(format);
      const items = read[format](text);
      assert.equal(items.length, TWEETS);
      assert.equal(new Set(items.map(({ tweetId }) => tweetId)).size, TWEETS);
      assert.equal(items.at(-1)?.tweetText, TEXT);
      assert.ok(peak < MOST_MEBIBYTES, `${peak} MiB`);
    });

    it(`waits for a slow reader, and needs no more meanwhile: ${format}`, async () => {
      const { text, peak } = await exported(format, (pieces) => sleep(pieces === 1 ? 3000 : 5));
      assert.equal(read[format](text).length, TWEETS);
      assert.ok(peak < MOST_MEBIBYTES, `${peak} MiB`);
    });
  }

  it('breaks off where a tweet cannot be read, rather than look complete', async () => {
    const other = randomUUID();
    await fillFirestore(db, other, 300);
    await db.doc(`tweets/${other}_9`).set({ userId: other, createdAt: new Date(0), rawData: 'damaged' });
    headers = await signedIn(other);
    await assert.rejects(exported('jsonl'), /terminated|aborted|closed/);
  });
});
