import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../functions/test/support/project.ts';

/**
 * A stand-in for the Firebase CLI with a project in a file. Like the real one it prints warnings, is slow and reads its
 * input. It records its arguments.
 */
const CLI = `
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const folder = process.env.CLOUD;
const [command, name] = process.argv.slice(2);
appendFileSync(join(folder, 'arguments.log'), process.argv.slice(2).join(' ') + '\\n');
const cloud = JSON.parse(readFileSync(join(folder, 'cloud.json'), 'utf8'));
const save = () => writeFileSync(join(folder, 'cloud.json'), JSON.stringify(cloud));
const json = (result) => console.log(JSON.stringify({ status: 'success', result }, null, 2));
process.stdin.isTTY;
if (process.env.REFUSED === command) {
  console.log(JSON.stringify({ status: 'error', error: 'Missing permissions.\\nAsk your admin' }, null, 2));
  process.exitCode = 1;
} else if (command === 'functions:secrets:access') {
  const [secret, version] = name.split('@');
  console.log('a warning');
  setTimeout(() => console.log(cloud.secrets[secret][version - 1].value), 20);
} else if (command === 'functions:secrets:get') {
  json({ secrets: cloud.secrets[name].map(({ createTime, state }, index) => ({ versionId: String(index + 1), createTime, state })) });
} else if (command === 'functions:secrets:set') {
  setTimeout(() => {
    const value = readFileSync(0, 'utf8');
    cloud.secrets[name].push({ value, createTime: new Date().toISOString(), state: 'ENABLED' });
    save();
  }, 100);
} else if (command === 'functions:list') {
  json(Object.entries(cloud.functions).map(([id, versions]) => ({
    id,
    state: 'ACTIVE',
    secretEnvironmentVariables: Object.entries(versions).map(([secret, version]) => ({ key: secret, secret, version })),
  })));
} else if (command === 'deploy') {
  for (const versions of Object.values(cloud.functions)) {
    for (const secret of Object.keys(versions)) versions[secret] = String(cloud.secrets[secret].length);
  }
  save();
}
`;

interface Cloud {
  secrets: Record<string, { value: string; createTime: string; state: string }[]>;
  functions: Record<string, Record<string, string>>;
}

describe('npm run rotate-secret', function () {
  this.timeout(120_000);
  let folder: string;
  let oldKey: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rotation-'));
    await cp(join(repository, 'scripts'), join(folder, 'scripts'), { recursive: true });
    const bin = 'node_modules/firebase-tools/lib/bin';
    for (const name of ['functions', bin, 'cloud', 'tmp'])
      await mkdir(join(folder, name), { recursive: true });
    await write(`${bin}/firebase.js`, CLI);
    await write('functions/.env', 'REFRESH_TOKEN_EXPIRE_DAYS=30\n');
    await projects({ default: 'demo-tweets', live: 'my-tweets' });
    oldKey = randomBytes(48).toString('base64');
    const createTime = '2026-01-01T00:00:00.123456Z';
    const version = (value: string) => [{ value, createTime, state: 'ENABLED' }];
    await save({
      secrets: { JWT_SECRET_KEY: version(`${oldKey}\n`), JWT_SECRET_KEY_PREVIOUS: version('none') },
      functions: {
        login: { JWT_SECRET_KEY: '1', JWT_SECRET_KEY_PREVIOUS: '1' },
        capture: { JWT_SECRET_KEY: '1', JWT_SECRET_KEY_PREVIOUS: '1' },
        publishTweet: {},
      },
    });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const projects = (named: object) => write('.firebaserc', JSON.stringify({ projects: named }));
  const save = (cloud: Cloud) => write('cloud/cloud.json', JSON.stringify(cloud));
  const cloud = async (): Promise<Cloud> =>
    JSON.parse(await readFile(join(folder, 'cloud/cloud.json'), 'utf8'));
  const calls = async () =>
    (await readFile(join(folder, 'cloud/arguments.log'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const changes = async () => (await calls()).filter((call) => /^deploy|:set /.test(call));

  function run(args: string[], extra: NodeJS.ProcessEnv = {}) {
    const env = {
      ...process.env,
      NODE_V8_COVERAGE: '',
      CLOUD: join(folder, 'cloud'),
      TMPDIR: join(folder, 'tmp'),
      ...extra,
    };
    return new Promise<{ code: number; output: string }>((resolve) => {
      const script = join(folder, 'scripts/rotateSecret.mjs');
      const child = execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
      );
      child.stdin?.end();
    });
  }

  it('deploys the new key as the previous one, swaps the two, deploys again, and prints when to remove the old one', async () => {
    const { code, output } = await run(['--yes']);
    assert.equal(code, 0, output);
    const set = (name: string) =>
      `functions:secrets:set ${name} --data-file - --non-interactive --project my-tweets`;
    const deploy = 'deploy --only functions --project my-tweets';
    assert.deepEqual(await changes(), [
      set('JWT_SECRET_KEY_PREVIOUS'),
      deploy,
      set('JWT_SECRET_KEY_PREVIOUS'),
      set('JWT_SECRET_KEY'),
      deploy,
    ]);
    const { secrets, functions } = await cloud();
    const newKey = secrets.JWT_SECRET_KEY?.at(-1)?.value ?? '';
    assert.equal(Buffer.from(newKey, 'base64').length, 48);
    assert.equal(secrets.JWT_SECRET_KEY_PREVIOUS?.[1]?.value, newKey);
    assert.equal(secrets.JWT_SECRET_KEY_PREVIOUS?.at(-1)?.value, oldKey);
    for (const name of ['login', 'capture']) {
      assert.deepEqual(functions[name], { JWT_SECRET_KEY: '2', JWT_SECRET_KEY_PREVIOUS: '3' });
    }
    const day = new Date(Date.now() + 31 * 86_400_000).toISOString().slice(0, 10);
    assert.ok(output.includes(`on ${day} or later`), output);
  });

  it('puts no key into its output, an argument or a file [ASVS 11.5.1]', async () => {
    const { output } = await run(['--yes']);
    const { secrets } = await cloud();
    const keys = [oldKey, secrets.JWT_SECRET_KEY?.at(-1)?.value ?? assert.fail()];
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files
        .filter((file) => file.isFile() && file.name !== 'cloud.json')
        .map((file) => readFile(join(file.parentPath, file.name), 'utf8')),
    );
    for (const key of keys) for (const text of [output, ...texts]) assert.ok(!text.includes(key));
    assert.deepEqual(await readdir(join(folder, 'tmp')), []);
  });

  it('removes the old key after the session lifetime of the project', async () => {
    await write('functions/.env.my-tweets', 'REFRESH_TOKEN_EXPIRE_DAYS=90\n');
    await run(['--yes']);
    const swapped = async (days: number) => {
      const state = await cloud();
      const last = state.secrets.JWT_SECRET_KEY?.at(-1) ?? assert.fail();
      const before = state.secrets.JWT_SECRET_KEY_PREVIOUS?.at(-1) ?? assert.fail();
      last.createTime = new Date(Date.now() - days * 86_400_000).toISOString();
      before.createTime = new Date(Date.now() - (days + 1) * 86_400_000).toISOString();
      await save(state);
    };
    const done = (await changes()).length;
    await swapped(90);
    assert.match((await run(['--yes'])).output, /or later/);
    assert.equal((await changes()).length, done);
    await swapped(92);
    assert.equal((await run(['--yes'])).code, 0);
    assert.equal((await cloud()).secrets.JWT_SECRET_KEY_PREVIOUS?.at(-1)?.value, 'none');
    assert.equal((await changes()).length, done + 2);
  });

  it('drops a leaked key at once', async () => {
    assert.equal((await run(['--leaked', '--yes', '--project', 'my-tweets'])).code, 0);
    const { secrets, functions } = await cloud();
    assert.equal(secrets.JWT_SECRET_KEY_PREVIOUS?.at(-1)?.value, 'none');
    assert.notEqual(secrets.JWT_SECRET_KEY?.at(-1)?.value, oldKey);
    assert.deepEqual(functions.login, { JWT_SECRET_KEY: '2', JWT_SECRET_KEY_PREVIOUS: '2' });
  });

  it('changes nothing for --dry-run, or without a terminal for the confirmation', async () => {
    const { code, output } = await run(['--dry-run']);
    assert.equal(code, 0);
    assert.match(output, /1\. create .*\n {2}2\. deploy.*\n {2}3\. store .*\n {2}4\. deploy/);
    const asking = await run([]);
    assert.equal(asking.code, 1);
    assert.match(asking.output, /--yes/);
    assert.deepEqual(await changes(), []);
  });

  it('asks for --project if .firebaserc names no real project, or several', async () => {
    for (const named of [{ default: 'demo-tweets' }, { default: 'my-tweets', test: 'other-tweets' }]) {
      await projects(named);
      assert.match((await run(['--dry-run'])).output, /--project/);
      assert.equal((await run(['--dry-run', '--project', 'other-tweets'])).code, 0);
    }
    assert.match((await calls()).at(-1) ?? '', /--project other-tweets/);
  });

  it('prints the error of the CLI', async () => {
    const { code, output } = await run(['--yes'], { REFUSED: 'functions:secrets:get' });
    assert.equal(code, 1);
    assert.match(output, /^firebase functions:secrets:get failed: Missing permissions\./m);
  });
});
