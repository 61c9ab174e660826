import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, UsageError } from '../../../scripts/lib/command.mjs';
import { repository } from '../support/project.ts';

const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
/** mocha gets the arguments of `npm test`. The operator's commands have no options. */
const WITHOUT_OPTIONS = ['test', 'admin'];

describe('the commands in package.json', function () {
  this.timeout(120_000);
  let folder: string;
  let untouched: string[];

  /** A clone without node_modules: a command that does more than print something fails, or leaves a file. */
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'commands-'));
    for (const name of ['package.json', 'firebase.json', '.firebaserc', 'scripts', 'functions/.env']) {
      await cp(join(repository, name), join(folder, name), { recursive: true });
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
  function run(script: string, ...args: string[]) {
    const [program, file = ''] = (scripts[script] ?? '').split(' ');
    assert.equal(program, 'node');
    const env = { PATH: process.env.PATH, NODE_V8_COVERAGE: '' };
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(
        process.execPath,
        [join(folder, file), ...args],
        { cwd: folder, env },
        (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  }

  for (const script of Object.keys(scripts)) {
    const flags = script === 'admin' ? ['--help'] : ['--help', '-h'];
    it(`${script} › ${flags.join(' or ')} › prints its help, and does nothing else`, async () => {
      for (const flag of flags) {
        const { code, stdout, stderr } = await run(script, flag);
        assert.deepEqual([code, stderr], [0, '']);
        const start = ['test', 'start'].includes(script) ? `npm ${script}` : `npm run ${script}`;
        assert.ok(stdout.startsWith(start), stdout);
      }
      assert.deepEqual(await files(), untouched);
    });
  }

  for (const script of Object.keys(scripts).filter((name) => !WITHOUT_OPTIONS.includes(name))) {
    it(`${script} › an unknown option › is one line, and exit code 2`, async () => {
      const { code, stdout, stderr } = await run(script, '--no-such-option');
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^Unknown option '--no-such-option'\. --help lists what this command takes\.\n$/);
      assert.deepEqual(await files(), untouched);
    });
  }

  it('bench › an unknown part › is one line, and exit code 2', async () => {
    const { code, stderr } = await run('bench', 'cold', 'hot');
    assert.equal(code, 2);
    assert.match(stderr, /^There is no part 'hot'\. The parts are cold, .*\.\n$/);
  });
});

describe('a command line', () => {
  const usage = { options: { all: { type: 'boolean' }, from: { type: 'string' } }, most: 1 } as const;

  it('has options and arguments', () => {
    assert.deepEqual(
      { ...commandLine(usage, ['--from', 'x', 'a', '--all']) },
      { from: 'x', all: true, arguments: ['a'] },
    );
    assert.deepEqual({ ...commandLine({}, []) }, { arguments: [] });
  });

  for (const [args, words] of [
    [['--from'], /^Option '--from <value>' argument missing\. --help/],
    [['--all=x'], /^Option '--all' does not take an argument\. --help/],
    [['a', 'b'], /^Unexpected argument 'b'\. --help/],
  ] as const) {
    it(`is refused in one line: ${args.join(' ')}`, () => {
      assert.throws(
        () => commandLine(usage, [...args]),
        (error: unknown) =>
          error instanceof UsageError && words.test(error.message) && !error.message.includes('\n'),
      );
    });
  }
});
