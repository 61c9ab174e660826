import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { signAccessToken, verifyAccessToken } from '../../src/accounts/accessToken.ts';
import { createKeyring } from '../../src/accounts/keys.ts';
import { readSecrets } from '../../src/config.ts';
import { repository } from '../support/project.ts';

const run = promisify(execFile);

/** npx firebase with its secrets in files; it warns, is slow and reads its input as the real one does. */
const NPX = `#!${process.execPath}
const { cpSync, readFileSync, writeFileSync } = require('node:fs');
const [, command, name] = process.argv.slice(2);
process.stdin.isTTY;
if (command === 'functions:secrets:access') {
  console.log('a warning');
  setTimeout(() => console.log(readFileSync('latest/' + name, 'utf8')), 600);
} else if (command === 'functions:secrets:set') {
  setTimeout(() => writeFileSync('latest/' + name, readFileSync(0)), 200);
} else if (command === 'deploy') cpSync('latest', 'deployed', { recursive: true });
`;

describe('npm run rotate-secret', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rotation-'));
    await cp(join(repository, 'scripts'), join(folder, 'scripts'), { recursive: true });
    await mkdir(join(folder, 'functions'));
    await write('functions/.env', 'REFRESH_TOKEN_EXPIRE_DAYS=30\n');
    await projects({ default: 'demo-tweets', live: 'my-tweets' });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = (name: string, text: string, mode = 0o644) => writeFile(join(folder, name), text, { mode });
  const projects = (named: object) => write('.firebaserc', JSON.stringify({ projects: named }));
  const printed = async (...args: string[]) =>
    (await run(process.execPath, [join(folder, 'scripts/rotateSecret.mjs'), ...args])).stdout;
  /** The indented lines of each step. */
  const commandsOf = (output: string) => {
    const steps = output.split(/^\d\. .*$/m).slice(1);
    return steps.map((step) => step.match(/^ {2}\S.*(\n {4}.*)*/gm)?.join('\n') ?? '');
  };

  it('prints what keeps the old key, makes a new one, deploys, and later forgets the old one', async () => {
    const set = (name: string) =>
      `npx firebase functions:secrets:set ${name} --data-file - --project my-tweets`;
    const deploy = '  npx firebase deploy --only functions --project my-tweets';
    assert.deepEqual(commandsOf(await printed()), [
      '  OLD=$(npx firebase functions:secrets:access JWT_SECRET_KEY --project my-tweets) &&\n' +
        `    printf %s "$OLD" | tail -n 1 |\n    ${set('JWT_SECRET_KEY_PREVIOUS')}`,
      `  openssl rand -base64 48 | ${set('JWT_SECRET_KEY')}`,
      deploy,
      `  printf none | ${set('JWT_SECRET_KEY_PREVIOUS')}\n${deploy}`,
    ]);
  });

  it('says when the last session of the old key is over, as the project has it configured', async () => {
    assert.match(await printed(), /\b30 days later/);
    await write('functions/.env.my-tweets', 'REFRESH_TOKEN_EXPIRE_DAYS=90\n');
    assert.match(await printed(), /\b90 days later/);
    assert.match(await printed('other-tweets'), /\b30 days later/);
  });

  it('leaves the project open where there is none or a choice, unless it is told', async () => {
    for (const named of [{ default: 'demo-tweets' }, { default: 'my-tweets', test: 'other-tweets' }]) {
      await projects(named);
      assert.match(await printed(), /deploy --only functions --project <your project id>\n/);
      assert.match(await printed('other-tweets'), /deploy --only functions --project other-tweets\n/);
    }
  });

  it('explains itself when asked', async () => {
    const { stdout } = await run('npm', ['run', '--silent', 'rotate-secret', '--', '--help'], {
      cwd: repository,
    });
    assert.match(stdout, /^npm run rotate-secret \[-- <project id>\]\n/);
    assert.doesNotMatch(stdout, /npx/);
  });

  describe('when its commands are run', () => {
    const caller = { userId: randomUUID(), sessionId: randomUUID() };
    const now = new Date();
    let commands: string[];
    let oldToken: string;
    beforeEach(async () => {
      for (const name of ['latest', 'deployed', 'bin']) await mkdir(join(folder, name));
      await write('bin/npx', NPX, 0o755);
      await write('latest/JWT_SECRET_KEY', `${randomBytes(48).toString('base64')}\n`);
      await write('latest/JWT_SECRET_KEY_PREVIOUS', 'none');
      await cp(join(folder, 'latest'), join(folder, 'deployed'), { recursive: true });
      commands = commandsOf(await printed());
      oldToken = await sign();
    });

    const step = (number: number) =>
      run('sh', ['-c', commands[number - 1] ?? ''], {
        cwd: folder,
        env: {
          ...process.env,
          PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
          NODE_V8_COVERAGE: '',
        },
      });
    const read = (name: string) => readFile(join(folder, name), 'utf8');
    const secrets = async () =>
      readSecrets({
        JWT_SECRET_KEY: await read('deployed/JWT_SECRET_KEY'),
        JWT_SECRET_KEY_PREVIOUS: await read('deployed/JWT_SECRET_KEY_PREVIOUS'),
      });
    const sign = async () =>
      signAccessToken(createKeyring(await secrets()), caller, { id: randomUUID(), now, lifetimeSeconds: 60 });
    const accepts = (token: string, keys: [string, ...string[]]) =>
      verifyAccessToken(createKeyring(keys), token, now).then(
        () => true,
        () => false,
      );

    it('an old token holds until the last step, and a new one is signed with the new key', async () => {
      const [oldKey] = await secrets();
      for (const number of [1, 2, 3]) {
        await step(number);
        assert.ok(await accepts(oldToken, await secrets()), `after step ${number}`);
      }
      const [newKey, ...previous] = await secrets();
      assert.notEqual(newKey, oldKey);
      assert.deepEqual(previous, [oldKey]);
      const newToken = await sign();
      assert.ok(await accepts(newToken, [newKey]));
      assert.ok(!(await accepts(newToken, [oldKey])));

      await step(4);
      assert.deepEqual(await secrets(), [newKey]);
      assert.ok(!(await accepts(oldToken, await secrets())));
      assert.ok(await accepts(newToken, await secrets()));
    });

    it('a leaked key is worth nothing after steps 2 and 4, though it was leaked in a rotation', async () => {
      await write('latest/JWT_SECRET_KEY_PREVIOUS', randomBytes(48).toString('base64'));
      assert.match(await printed(), /If the key has leaked, take steps 2 and 4 only/);
      await step(2);
      await step(4);
      assert.ok(!(await accepts(oldToken, await secrets())));
      assert.equal((await secrets()).length, 1);
    });

    it('keeping the old key fails aloud where it cannot be read, and stores nothing', async () => {
      await rm(join(folder, 'latest/JWT_SECRET_KEY'));
      await assert.rejects(step(1));
      assert.equal(await read('latest/JWT_SECRET_KEY_PREVIOUS'), 'none');
    });
  });
});
