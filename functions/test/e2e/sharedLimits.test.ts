import assert from 'node:assert/strict';
import { newEmail, newUser, send } from '../support/api.ts';
import { functionsFirestore } from '../support/firestore.ts';
import { startInstance } from '../support/production.ts';
import { SECRETS } from '../support/project.ts';
import { PASSWORD } from '../support/requests.ts';
import { sampleBody } from '../support/samples.ts';

const INSTANCES = 3;

/** Waits where the minute is nearly over, so that what follows falls into one window. */
async function earlyInTheMinute(seconds: number) {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < seconds * 1000) await new Promise((resolve) => setTimeout(resolve, left));
}

/** Each is a process of the framework, as on Cloud Run, and all share one database. */
describe('limits over several instances', function () {
  this.timeout(400_000);
  const started: ReturnType<typeof startInstance>[] = [];
  const start = async (name: string, count: number, environment: Record<string, string>) => {
    const instances = Array.from({ length: count }, () =>
      startInstance(name, { ...SECRETS, ...environment }),
    );
    started.push(...instances);
    await Promise.all(instances.map(({ ready }) => ready()));
    return instances.map(({ url }) => url);
  };
  const countedAlone = () =>
    started
      .map(({ output }) => output())
      .join()
      .split('rate_limit_counted_alone').length;
  /** Runs in one window. If the machine is too slow for that, or for the timeout of a count, it tries again. */
  const inOneMinute = async (run: () => Promise<number[]>): Promise<number[]> => {
    for (let again = 0; ; again += 1) {
      await earlyInTheMinute(30);
      const [minute, lines] = [Math.floor(Date.now() / 60_000), countedAlone()];
      const result = await run();
      const wasInTime = Math.floor(Date.now() / 60_000) === minute && countedAlone() === lines;
      if (wasInTime || again === 3) return result;
    }
  };
  afterEach(() => {
    for (const { stop } of started.splice(0)) stop();
  });

  it('let a user’s requests through up to the limit, and at most one more for each further instance', async () => {
    const urls = await start('capture', INSTANCES, { RATE_LIMIT_PER_MINUTE: '100' });
    const headersOf = async () => ({
      Authorization: `Bearer ${(await newUser()).accessToken}`,
      Prefer: 'respond-async',
    });
    const capture = async (url: string, headers: Record<string, string>) =>
      (await send('POST', url, { body: sampleBody(), headers })).status;
    // Each instance has loaded everything by then, so that no count is too late.
    const other = await headersOf();
    await Promise.all(urls.map((url) => capture(url, other)));

    const statuses = await inOneMinute(async () => {
      const headers = await headersOf();
      const found: number[] = [];
      for (let wave = 0; wave < 10; wave += 1) {
        const requests = urls.flatMap((url) => Array.from({ length: 5 }, () => capture(url, headers)));
        found.push(...(await Promise.all(requests)));
      }
      return found;
    });
    const passed = statuses.filter((status) => status === 200).length;
    const refused = statuses.filter((status) => status === 429).length;
    assert.equal(passed + refused, 50 * INSTANCES, `${statuses}`);
    assert.ok(passed >= 100 && passed < 100 + INSTANCES, `${passed} passed`);
  });

  it('let exactly 100 of 101 requests of a user through an instance that is alone', async () => {
    const [root = ''] = await start('account', 1, { RATE_LIMIT_PER_MINUTE: '100' });
    const url = `${root}api/account`;
    const statuses = await inOneMinute(async () => {
      const headers = { Authorization: `Bearer ${(await newUser()).accessToken}` };
      const found: number[] = [];
      for (let wave = 0; wave < 11; wave += 1) {
        const requests = Array.from({ length: wave < 10 ? 10 : 1 }, () => send('GET', url, { headers }));
        found.push(...(await Promise.all(requests)).map(({ status }) => status));
      }
      return found;
    });
    assert.deepEqual(statuses, [...Array(100).fill(200), 429]);
  });

  it('let ten of 50 parallel guesses at a password through, and the owner in all the same', async () => {
    const [first = '', second = ''] = await start('login', 2, {});
    const email = newEmail();
    const [registerUrl = ''] = await start('register', 1, {});
    const known = { 'X-Forwarded-For': '192.0.2.1' };
    await send('POST', registerUrl, { body: { email, password: PASSWORD }, headers: known });
    await earlyInTheMinute(15);
    const guess = (url: string) =>
      send('POST', url, {
        body: { email, password: 'Wrong-horse-1' },
        headers: { 'X-Forwarded-For': '203.0.113.1' },
      });
    const answers = await Promise.all(
      [first, second].flatMap((url) => Array.from({ length: 25 }, () => guess(url))),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [...Array(10).fill(401), ...Array(40).fill(429)]);
    const owner = await send('POST', first, { body: { email, password: PASSWORD }, headers: known });
    assert.equal(owner.status, 200);
  });

  it('write at most one document for five requests of a user', async () => {
    const [root = ''] = await start('account', 1, {});
    const url = `${root}api/account`;
    const { accessToken, userId } = await newUser();
    await earlyInTheMinute(10);
    const headers = { Authorization: `Bearer ${accessToken}` };
    let counted = 0;
    let granted = -1;
    const db = functionsFirestore();
    const { createHash } = await import('node:crypto');
    const id = createHash('sha256').update(`getAccount ${userId}`).digest('hex');
    for (let count = 0; count < 80; count += 1) {
      assert.equal((await send('GET', url, { headers })).status, 200);
      const now = (await db.doc(`rateLimits/${id}`).get()).get('granted') ?? -1;
      if (now !== granted) counted += 1;
      granted = now;
      if (count === 0) assert.equal(granted, -1, 'the first request is free');
    }
    assert.ok(counted > 0 && counted <= 80 / 5, `${counted} writes`);
  });
});
