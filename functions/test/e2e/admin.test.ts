import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { newEmail, post, send } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { functionsFirestore } from '../support/firestore.ts';
import { startProgram } from '../support/programs.ts';
import { repository } from '../support/project.ts';
import { projectCopy } from '../support/projectCopy.ts';
import { PASSWORD } from '../support/requests.ts';
import { sampleBody } from '../support/samples.ts';
import { suite } from '../support/suite.ts';

/** Runs the command to its end with one line to read; undefined takes a variable away. */
async function admin(
  args: string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string | undefined> } = {},
) {
  const program = startProgram(process.execPath, ['scripts/admin.mjs', ...args], {
    env: { ...process.env, ...env },
    input,
  });
  return { code: await program.ended, said: program.output() };
}

describe('npm run admin', function () {
  this.timeout(30_000);

  const here = `Project ${suite.projectId} on the emulator at ${suite.firestoreHost}:\n`;
  const create = (email: string, input = `${PASSWORD}\n`) => admin(['create-user', email], { input });
  const login = (email: string) => post('/api/auth/login', { email, password: PASSWORD });
  const account = (accessToken: string) =>
    send('GET', '/api/account', { headers: { Authorization: `Bearer ${accessToken}` } });
  const refresh = (refreshToken: string) => post('/api/auth/refresh', { refreshToken });

  it('creates an account with the password of its input, and the API lets it in', async () => {
    const email = newEmail();
    assert.deepEqual(await create(email), { code: 0, said: `${here}${email} has an account now.\n` });
    const { status, body } = await login(email);
    assert.equal(status, 200);
    assert.deepEqual((await account(body.accessToken)).body.role, 'user');
  });

  it('disables and enables an account: it is out at once, and only a new sign-in is good afterwards', async () => {
    const email = newEmail();
    await create(email);
    const { accessToken, refreshToken } = (await login(email)).body;
    const disabled = `${email} is disabled now, and signed out everywhere.\n`;
    assert.deepEqual(await admin(['disable', email]), { code: 0, said: here + disabled });
    const refused = await login(email);
    assert.deepEqual([refused.status, refused.body.code], [403, 'account_disabled']);
    assert.deepEqual([(await refresh(refreshToken)).status, (await account(accessToken)).status], [401, 401]);
    assert.match((await admin(['disable', email])).said, /is disabled already\.$/m);

    assert.equal((await admin(['enable', email])).code, 0);
    const again = await login(email);
    assert.equal(again.status, 200);
    assert.equal((await account(again.body.accessToken)).status, 200);
    assert.deepEqual([(await refresh(refreshToken)).status, (await account(accessToken)).status], [401, 401]);
  });

  it('makes an account an admin', async () => {
    const email = newEmail();
    await create(email);
    assert.equal((await admin(['grant-admin', email])).code, 0);
    const { accessToken } = (await login(email)).body;
    assert.equal((await account(accessToken)).body.role, 'admin');
  });

  it('leaves its entries in the audit log, with an id for each run', async () => {
    const email = newEmail();
    await create(email);
    for (const name of ['grant-admin', 'disable', 'enable']) await admin([name, email]);
    const { userId } = (await login(email)).body;
    const found = await functionsFirestore().collection('auditLog').where('userId', '==', userId).get();
    const entries = found.docs.map((document) => document.data()).filter(({ event }) => event !== 'login');
    assert.deepEqual(entries.map(({ event }) => event).sort(), [
      'account_created',
      'account_disabled',
      'account_enabled',
      'admin_granted',
    ]);
    assert.equal(new Set(entries.map(({ requestId }) => requestId)).size, 4);
    for (const { outcome, userAgent } of entries) {
      assert.deepEqual([outcome, userAgent], ['success', 'operator']);
    }
  });

  it('pauses and resumes, says what is paused, and the API follows', async () => {
    const email = newEmail();
    const registered = () => post('/api/auth/register', { email: newEmail(), password: PASSWORD });
    await create(email);
    try {
      const paused = await admin(['pause', 'captures']);
      const now = `${here}Captures: paused now. Every instance follows within a minute.\n`;
      assert.deepEqual(paused, { code: 0, said: now });
      const { accessToken } = (await login(email)).body;
      const authorization = { Authorization: `Bearer ${accessToken}` };
      const capture = () => post('/api/tweets/capture', sampleBody(), authorization);
      await eventually('captures are paused', async () => (await capture()).status === 503, 90_000);
      const refused = await capture();
      assert.deepEqual([refused.body.code, refused.headers.get('Retry-After')], ['unavailable', '60']);
      assert.match((await admin(['status'])).said, /^Captures: paused since 20.*\nPublishing: not paused/m);
      assert.match((await admin(['pause', 'captures'])).said, /Captures: paused already\.$/m);
      await admin(['resume', 'captures']);
      await eventually('captures are not paused', async () => (await capture()).status === 200, 90_000);
      assert.equal((await registered()).status, 201);
    } finally {
      await admin(['resume', 'captures']);
    }
    const { code, said } = await admin(['pause', 'everything']);
    assert.equal(code, 1);
    assert.match(said, /"everything" must be one of captures, publishing, registration\./);
  }).timeout(240_000);

  it('says what is wrong with a password, an address or a name that is taken, and changes nothing', async () => {
    const email = newEmail();
    const weak = await create(email, 'password\n');
    const rules = ['must contain an upper-case letter (A–Z)', 'must contain a digit (0–9)'];
    const said = rules.map((rule) => `The password ${rule}.\n`).join('');
    assert.deepEqual(weak, { code: 1, said: here + said });
    const unknown = await admin(['enable', email]);
    assert.deepEqual(unknown, { code: 1, said: `${here}There is no account ${email}.\n` });
    await create(email);
    const taken = await create(email, 'Another-horse-2\n');
    assert.deepEqual(taken, { code: 1, said: `${here}There is an account ${email} already.\n` });
    assert.equal((await login(email)).status, 200);
  });

  it('needs neither a project nor a database to explain itself', async () => {
    const env = { FIRESTORE_EMULATOR_HOST: '127.0.0.1:9' };
    const { code, said } = await admin(['--help'], { env });
    assert.equal(code, 0);
    assert.match(said, /^npm run admin/);
    assert.equal((await admin([], { env })).code, 2);
  });

  it('asks for npm start where no emulator listens, or one says nothing', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    for (const port of [9, (silent.address() as AddressInfo).port]) {
      const emulator = `127.0.0.1:${port}`;
      const { code, said } = await admin(['enable', newEmail()], {
        env: { FIRESTORE_EMULATOR_HOST: emulator },
      });
      assert.equal(code, 1);
      assert.ok(said.includes(`No Firestore emulator responds at ${emulator}.`), said);
    }
    silent.close();
  });

  it('works on the real project where it is told to, and says how to sign in there', async () => {
    const env = {
      FIRESTORE_EMULATOR_HOST: undefined,
      GCLOUD_PROJECT: undefined,
      GOOGLE_CLOUD_PROJECT: 'my-tweets',
      GOOGLE_APPLICATION_CREDENTIALS: undefined,
      CLOUDSDK_CONFIG: repository,
      HOME: repository,
      METADATA_SERVER_DETECTION: 'none',
    };
    const { code, said } = await admin(['enable', newEmail()], { env });
    assert.equal(code, 1);
    assert.match(said, /^Project my-tweets:\nThere are no valid credentials\. Run gcloud auth .*\n$/);
  });

  describe('in a clone', () => {
    let copy: Awaited<ReturnType<typeof projectCopy>>;
    before(async () => {
      copy = await projectCopy();
    });
    after(() => copy.remove());

    it('works where nothing names a project on the default one of .firebaserc, on the emulator that npm start would run', async () => {
      const run = copy.run('npm', ['run', '--silent', 'admin', '--', 'enable', newEmail()]);
      assert.equal(await run.ended, 1);
      const emulator = `127.0.0.1:${copy.ports.firestore}`;
      assert.ok(
        run.output().startsWith(`Project demo-tweet-capture on the emulator at ${emulator}:\n`),
        run.output(),
      );
    });

    it("takes the project's own parameters before the defaults", async () => {
      const email = newEmail();
      await create(email);
      await writeFile(join(copy.folder, `functions/.env.${suite.projectId}`), 'AUDIT_RETENTION_DAYS=7\n');
      const { GCLOUD_PROJECT, FIRESTORE_EMULATOR_HOST } = process.env;
      const env = { GCLOUD_PROJECT, FIRESTORE_EMULATOR_HOST };
      const run = copy.run('npm', ['run', 'admin', '--', 'grant-admin', email], env);
      assert.equal(await run.ended, 0, run.output());
      const { userId } = (await login(email)).body;
      const entries = await functionsFirestore().collection('auditLog').where('userId', '==', userId).get();
      const days = new Map<string, number>();
      for (const entry of entries.docs) {
        const { event, at, expiresAt } = entry.data();
        days.set(event, (expiresAt.toMillis() - at.toMillis()) / 86_400_000);
      }
      assert.deepEqual([days.get('admin_granted'), days.get('account_created')], [7, 90]);
    });
  });
});
