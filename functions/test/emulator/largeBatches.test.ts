import assert from 'node:assert/strict';
import { createKeyring } from '../../src/accounts/keys.ts';
import { bulk } from '../../src/index.ts';
import { createAccountStore } from '../../src/platform/firestore/accountStore.ts';
import { BATCH } from '../../src/tweets/captureBatch.ts';
import { send } from '../support/api.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { memoryServices } from '../support/memory/services.ts';
import { watchMemory } from '../support/peakMemory.ts';
import { startInstance } from '../support/production.ts';
import { SECRETS } from '../support/project.ts';
import { bearer } from '../support/requests.ts';

const { concurrency, availableMemoryMb } = (
  bulk as unknown as { __endpoint: { concurrency: number; availableMemoryMb: number } }
).__endpoint;

describe('the largest batches, as many as an instance takes at a time', function () {
  this.timeout(180_000);
  const projectId = `demo-${crypto.randomUUID()}`;
  const db = emptyFirestore(projectId);
  const instance = startInstance('bulk', {
    ...SECRETS,
    GCLOUD_PROJECT: projectId,
    GOOGLE_CLOUD_PROJECT: projectId,
    // Half of its memory is what Node chooses by itself in a container.
    NODE_OPTIONS: `--max-old-space-size=${availableMemoryMb / 2} --max-semi-space-size=1`,
  });
  after(() => void instance.stop());

  it('are refused, and do not bring it down, however much their JSON becomes in memory', async () => {
    const { services } = memoryServices();
    const clock = { ...services.clock, now: () => new Date() };
    const keys = () => createKeyring([SECRETS.JWT_SECRET_KEY]);
    const user = () => bearer({ ...services, clock, keys, accounts: createAccountStore(db) });
    const users = await Promise.all(Array.from({ length: concurrency }, user));
    await instance.ready();
    const memory = watchMemory(instance.child.pid as number);
    const count = Math.floor((BATCH.body.limitBytes - 20) / 3);
    const body = `{"tweets":[${Array(count).fill('{}').join()}]}`;
    const answers = await Promise.all(
      users.map((headers) => send('POST', `${instance.url}api/tweets/batch`, { body, headers })),
    );
    const peak = await memory.end();
    // One at a time is parsed, which takes a second or more; who waits too long is told to come back.
    const statuses = answers.map(({ status }) => status);
    assert.ok(statuses.includes(413), statuses.join());
    assert.ok(
      statuses.every((status) => status === 413 || status === 503),
      statuses.join(),
    );
    console.log(`      ${concurrency} batches: at most ${peak} MiB`);
    assert.ok(peak < availableMemoryMb, `${peak} MiB`);
  });
});
