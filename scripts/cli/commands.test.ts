import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../project.mjs';
import { COMMANDS } from './commands.mjs';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

describe('the commands of package.json', function () {
  this.timeout(120_000);
  let folder: string;
  let untouched: string[];

  /** A clone without node_modules: a command that does more than print fails, or leaves a file. */
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'commands-'));
    for (const name of ['package.json', 'firebase.json', '.firebaserc', 'scripts', 'functions/.env']) {
      await cp(join(root, name), join(folder, name), { recursive: true });
    }
    untouched = await files();
  });
  after(() => rm(folder, { recursive: true }));

  async function files() {
    const found = await readdir(folder, { recursive: true });
    return await Promise.all(
      found.sort().map(async (name) => `${name} ${(await stat(join(folder, name))).mtimeMs}`),
    );
  }
  function run(name: string, ...args: string[]) {
    const env = { PATH: process.env.PATH, NODE_V8_COVERAGE: '' };
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(
        process.execPath,
        [join(folder, 'scripts/run.mjs'), name, ...args],
        { cwd: folder, env },
        (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  }

  it('are those of the launcher, and their files exist', () => {
    const started = Object.keys(COMMANDS).map((name) => [name, `node scripts/run.mjs ${name}`]);
    assert.deepEqual(scripts, Object.fromEntries(started));
    for (const { file } of Object.values(COMMANDS)) assert.ok(existsSync(join(root, file)), file);
  });

  for (const [name, { usage }] of Object.entries(COMMANDS)) {
    it(`${name} › --help or -h › prints the help and does nothing else`, async () => {
      for (const flag of ['--help', '-h']) {
        const { code, stdout, stderr } = await run(name, flag);
        assert.deepEqual([code, stderr], [0, '']);
        assert.ok(stdout.startsWith(`${usage}\n`), stdout);
      }
      assert.deepEqual(await files(), untouched);
    });
  }

  for (const [name] of Object.entries(COMMANDS).filter(([, { passesArgumentsOn }]) => !passesArgumentsOn)) {
    it(`${name} › an unknown option › exits with 2 and one line`, async () => {
      const { code, stdout, stderr } = await run(name, '--no-such-option');
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^Unknown option '--no-such-option'\. .*\n$/);
      assert.deepEqual(await files(), untouched);
    });
  }
});
