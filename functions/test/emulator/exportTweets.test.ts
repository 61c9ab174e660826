import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Firestore } from 'firebase-admin/firestore';
import { createClient } from '../../../client/client.ts';
import { createKeyring } from '../../src/accounts/keys.ts';
import { createAccountStore } from '../../src/platform/firestore/accountStore.ts';
import { eventually } from '../support/eventually.ts';
import { faultyProxy } from '../support/faultyProxy.ts';
import { fillFirestore } from '../support/fillFirestore.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { freePorts } from '../support/freePorts.ts';
import { linesOf, rowsOf } from '../support/lines.ts';
import { memoryServices } from '../support/memory/services.ts';
import { watchMemory } from '../support/peakMemory.ts';
import { startInstance } from '../support/production.ts';
import { repository, SECRETS } from '../support/project.ts';
import { bearer } from '../support/requests.ts';

/** EXPORT_TWEETS=100000 measures the largest export that is promised. */
const TWEETS = Number(process.env.EXPORT_TWEETS ?? 5000);
const MAX_MEBIBYTES = 256;
/** Of the length of a tweet, with characters of one to four bytes. */
const TEXT = 'Über 7,000 £ — "says" 😀, and more… '.repeat(8);

const read = {
  jsonl: linesOf,
  csv: (text: string) => (text === '' ? [] : rowsOf(text)),
};

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
    instance = startInstance('bulk', {
      ...SECRETS,
      NODE_OPTIONS,
      GCLOUD_PROJECT: project,
      GOOGLE_CLOUD_PROJECT: project,
    });
    await instance.ready();
    // A cold instance on a busy machine may answer 503 at first.
    const warm = await signedIn(randomUUID());
    const answers = async () =>
      (await fetch(`${instance.url}api/tweets/export`, { method: 'HEAD', headers: warm })).status === 200;
    await eventually('an export is answered', answers, 60_000);
  });
  afterEach(() => void instance.stop());

  /** The whole text, and the most memory that the function had; `pause` is what a reader does at each piece. */
  const exported = async (
    format: 'jsonl' | 'csv',
    pause: (pieces: number) => Promise<unknown> = async () => {},
  ) => {
    const startedAt = performance.now();
    const memory = watchMemory(instance.child.pid as number);
    const texts: string[] = [];
    const text = () => texts.join('');
    let pieces = 0;
    let peak = 0;
    try {
      for (let left = Number.POSITIVE_INFINITY, rows = 0; left > 0; ) {
        const { createdAt, tweetId } = read[format](text()).at(-1) ?? {};
        const query = new URLSearchParams({ format, ...(rows > 0 && { after: `${createdAt},${tweetId}` }) });
        const response = await fetch(`${instance.url}api/tweets/export?${query}`, { headers });
        assert.equal(response.status, 200);
        const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
        for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
          texts.push(decoder.decode(bytes, { stream: true }));
          pieces += 1;
          await pause(pieces);
        }
        const before = rows;
        rows = read[format](text()).length;
        left = Number(response.headers.get('X-Total-Count')) - (rows - before);
      }
    } finally {
      peak = await memory.end();
    }
    const seconds = (performance.now() - startedAt) / 1000;
    console.log(`      ${format}: ${seconds.toFixed(1)} s, at most ${peak} MiB`);
    return { text: text(), peak };
  };

  for (const format of ['jsonl', 'csv'] as const) {
    it(`has each of them once, and needs less than ${MAX_MEBIBYTES} MiB: ${format}`, async () => {
      const { text, peak } = await exported(format);
      const items = read[format](text);
      assert.equal(items.length, TWEETS);
      assert.equal(new Set(items.map(({ tweetId }) => tweetId)).size, TWEETS);
      assert.equal(items.at(-1)?.tweetText, TEXT);
      assert.ok(peak < MAX_MEBIBYTES, `${peak} MiB`);
    });

    it(`waits for a slow reader, and needs no more meanwhile: ${format}`, async () => {
      const { text, peak } = await exported(format, (pieces) => sleep(pieces === 1 ? 3000 : 5));
      assert.equal(read[format](text).length, TWEETS);
      assert.ok(peak < MAX_MEBIBYTES, `${peak} MiB`);
    });
  }

  describe('of more than a part holds', () => {
    const other = randomUUID();
    const count = 600;
    let Authorization = '';
    before(async () => {
      // Few at a time: the emulator takes no commit of more than 4 MB.
      for (let done = 0; done < count; done += 150) {
        await fillFirestore(db, other, 150, { tweetText: '😀'.repeat(5000) });
      }
      ({ Authorization } = await signedIn(other));
    });

    it('is complete by the client, also over a connection that is cut twice', async () => {
      const [port = 0] = freePorts(1);
      const proxy = faultyProxy(port, Number(new URL(instance.url).port));
      await proxy.listen();
      let parts = 0;
      const client = createClient({
        baseUrl: `http://127.0.0.1:${port}`,
        tokens: { get: () => ({ accessToken: Authorization.slice(7), refreshToken: '' }), set: () => {} },
        fetch: (...args) => {
          parts += 1;
          return fetch(...args);
        },
      });
      const ids: string[] = [];
      for await (const { tweetId } of client.exportTweets()) {
        ids.push(tweetId);
        if (ids.length !== 50 && ids.length !== 500) continue;
        await proxy.cut();
        await proxy.restore();
      }
      await proxy.cut();
      assert.equal(ids.length, count);
      assert.equal(new Set(ids).size, count);
      assert.ok(parts >= 4, `${parts} parts`);
    });

    it('is complete by the script of docs/exports.md', async () => {
      const docs = readFileSync(join(repository, 'docs/exports.md'), 'utf8');
      const [, script = ''] = /```bash\n(.*?)```/s.exec(docs) ?? [];
      const cwd = mkdtempSync(join(tmpdir(), 'export-'));
      try {
        const env = { ...process.env, BASE: `${instance.url}api`, TOKEN: Authorization.slice(7) };
        await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd, env });
        const lines = linesOf(readFileSync(join(cwd, 'tweets.jsonl'), 'utf8'));
        assert.equal(new Set(lines.map(({ tweetId }) => tweetId)).size, count);
        assert.equal(lines.length, count);
      } finally {
        rmSync(cwd, { recursive: true });
      }
    });
  });

  it('breaks off where a tweet cannot be read, rather than look complete', async () => {
    const other = randomUUID();
    await fillFirestore(db, other, 300);
    await db.doc(`tweets/${other}_9`).set({ userId: other, createdAt: new Date(0), rawData: 'damaged' });
    headers = await signedIn(other);
    await assert.rejects(exported('jsonl'), /terminated|aborted|closed/);
  });
});
