import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectCopy } from '../support/projectCopy.ts';

describe('npm start', function () {
  this.timeout(120_000);

  let copy: Awaited<ReturnType<typeof projectCopy>>;
  before(async () => {
    copy = await projectCopy();
  });
  after(() => copy.remove());

  describe('on a machine that has what it needs', () => {
    let start: ReturnType<typeof copy.run>;
    before(async () => {
      start = copy.run('npm', ['start']);
      await start.until('Starting', () => start.output().includes('Schedules'));
    });

    it('prints where the API is, on the ports of firebase.json, and the API is healthy', async () => {
      const url = /(http\S+\/api\/health)\)/.exec(start.output())?.[1];
      assert.equal(url, `http://127.0.0.1:${copy.ports.hosting}/api/health`);
      assert.equal((await fetch(url)).status, 200);
    });

    it('prints where the site is, which the start has put together', async () => {
      const url = /(http\S+\/docs\/)\)/.exec(start.output())?.[1] ?? '';
      assert.equal(url, `http://127.0.0.1:${copy.ports.hosting}/docs/`);
      for (const page of [url, '/', '/openapi.json', '/docs/swagger-ui/swagger-ui-bundle.js']) {
        assert.equal((await fetch(new URL(page, url))).status, 200, page);
      }
    });

    it('prints commands that register, capture a tweet and show its message when pasted into bash', async () => {
      const commands = /^ {2}TOKEN[\s\S]*?\n\n/m.exec(start.output())?.[0] ?? '';
      const { stdout } = await promisify(execFile)('bash', ['-c', commands], { cwd: copy.folder });
      const [answer, message] = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.equal(answer.status, 'published', stdout);
      assert.equal(message.data.tweetText, 'Hello 🌍');
      assert.equal(message.attributes.tweetId, answer.tweetId);
    });

    it('says which scheduled functions it runs', () => {
      assert.match(
        start.output(),
        /Schedules +eraseAccounts \(every \d+ minutes\), retryQueue \(every \d+ minutes\)/,
      );
    });

    it('stops on Ctrl-C without an error, and leaves no process and no open port', async () => {
      const before = start.output();
      start.signal('SIGINT');
      await start.ended;
      assert.doesNotMatch(start.output().slice(before.length), /error|⚠|\bat /i);
      assert.deepEqual(copy.processes(), []);
      for (const port of Object.values(copy.ports)) assert.equal(await answers(port), false);
    });
  });

  describe('on a machine that lacks something', () => {
    it('names the port that is taken, and who has it', async () => {
      const server = createServer().listen(copy.ports.firestore, '127.0.0.1');
      const line = await failure({});
      server.close();
      assert.match(
        line,
        new RegExp(`^Port ${copy.ports.firestore} \\(firestore in firebase.json\\) is in use by .*`),
      );
    });

    it('names a parameter or a secret that is not valid, before anything starts', async () => {
      for (const [file, text, words] of [
        [
          '.env.local',
          'RATE_LIMIT_PER_MINUTE=lots\n',
          /^Bad configuration: RATE_LIMIT_PER_MINUTE must be a whole number \(it is "lots"\)\. Fix it in .*\.env\.local/,
        ],
        [
          '.secret.local',
          'JWT_SECRET_KEY=short\n',
          /^Bad configuration: JWT_SECRET_KEY must be at least 32 bytes\. Fix/,
        ],
        [
          '.secret.local',
          'ALERT_WEBHOOK_URL=http://a.b\n',
          /^Bad configuration: ALERT_WEBHOOK_URL must be an https URL/,
        ],
      ] as const) {
        const path = join(copy.folder, 'functions', file);
        const before = await readFile(path, 'utf8').catch(() => '');
        await writeFile(path, text);
        assert.match(await failure({ PATH: await programs({}) }), words);
        await writeFile(path, before);
      }
    });

    it('asks for Java when there is none', async () => {
      assert.match(
        await failure({ PATH: await programs({}) }),
        /^Java was not found\. Install .* 17 or newer/,
      );
    });

    it('asks for a newer Java when it is old', async () => {
      const PATH = await programs({ java: 'echo \'openjdk version "11.0.2" 2019-01-15\' >&2' });
      assert.match(await failure({ PATH }), /^Java 11 is too old\. Install version 17 or newer/);
    });

    it('says what to install when the emulators are nowhere and cannot be downloaded', async () => {
      const nowhere = {
        PATH: await programs({ java: 'echo \'openjdk version "21.0.2" 2024-01-16\' >&2' }),
        HOME: join(copy.folder, 'home'),
        HTTPS_PROXY: 'http://127.0.0.1:9',
        https_proxy: 'http://127.0.0.1:9',
        FIREBASE_EMULATORS_PATH: join(copy.folder, 'home'),
        FIRESTORE_EMULATOR_BINARY_PATH: '',
        PUBSUB_EMULATOR_BINARY_PATH: '',
      };
      assert.match(await failure(nowhere), /could not be downloaded\. .* install the Google Cloud SDK/);
    });
  });

  /** Runs the command where it must fail, and returns its last line: the only one that is not about progress. */
  async function failure(env: NodeJS.ProcessEnv) {
    const start = copy.run(process.execPath, ['scripts/start.mjs'], env);
    assert.equal(await start.ended, 1, start.output());
    const lines = start.output().trimEnd().split('\n');
    assert.deepEqual(
      lines.slice(0, -1).filter((line) => !line.endsWith('...')),
      [],
    );
    return lines.at(-1) as string;
  }

  /** A PATH that holds the given shell scripts and nothing else. */
  async function programs(scripts: Record<string, string>) {
    const folder = join(copy.folder, `bin-${Object.keys(scripts).length}-${Math.random()}`);
    await mkdir(folder);
    for (const [name, script] of Object.entries(scripts)) {
      await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(folder, name), 0o755);
    }
    return folder;
  }
});

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
