import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newUser } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { type Like, likeJs, manyLikes } from '../support/likes.ts';
import { outputOf } from '../support/output.ts';
import { repository } from '../support/project.ts';
import { suite } from '../support/suite.ts';

/** Runs the command in a process group of its own, as a terminal does. */
function runImport(refreshToken: string, ...args: string[]) {
  const script = join(repository, 'scripts/import.mjs');
  const child = spawn(process.execPath, [script, '--url', suite.hostingUrl, ...args], {
    detached: true,
    env: { ...process.env, NODE_V8_COVERAGE: '', TWEET_CAPTURE_REFRESH_TOKEN: refreshToken },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = outputOf(child);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    output,
    ended,
    signal: (name: NodeJS.Signals) => process.kill(-(child.pid as number), name),
    async says(text: string) {
      while (!output().includes(text)) {
        assert.equal(child.exitCode, null, output());
        await sleep(20);
      }
    },
  };
}

type User = Awaited<ReturnType<typeof newUser>>;

describe('the import of an archive', function () {
  this.timeout(360_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'import-'));
    await mkdir(join(folder, 'data'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = (likes: Like[]) => writeFile(join(folder, 'data/like.js'), likeJs(likes));
  /** Page by page: exports are few a minute, and the command takes them. */
  async function storedOf({ send }: User) {
    const found = [];
    for (let cursor = ''; cursor !== null; ) {
      const { body } = await send('GET', `/api/tweets?limit=100${cursor && `&cursor=${cursor}`}`);
      found.push(...body.items);
      cursor = body.nextCursor;
    }
    return found;
  }

  const users: User[] = [];
  async function someone() {
    const user = await newUser();
    users.push(user);
    return user;
  }
  // What else is tested would wait behind thousands of triggers.
  after(async function () {
    this.timeout(180_000);
    const isPublished = async ({ send }: User) =>
      (await send('GET', '/api/tweets?status=captured&limit=1')).body.items.length === 0;
    for (const user of users) await eventually('published', () => isPublished(user), 170_000);
  });

  it('tells its plan, stores what the archive has, and finds everything stored the second time', async () => {
    const user = await someone();
    const likes = manyLikes(120);
    const [first] = likes as [Like];
    await write([...likes, first, { tweetId: '12a' }, { tweetId: '20', expandedUrl: 'javascript:alert(1)' }]);

    const alone = runImport('', folder, '--dry-run', '--url', 'http://127.0.0.1:1');
    assert.equal(await alone.ended, 0, alone.output());
    assert.match(alone.output(), /Read:\n {2}\S+data\/like\.js: 123 likes\n {2}There is no manifest/);
    assert.match(alone.output(), /the service tells: give a refresh token/);

    const dry = runImport(` "${user.refreshToken}"\r`, folder, '--dry-run');
    assert.equal(await dry.ended, 0, dry.output());
    for (const line of [
      '123 likes in the archive',
      '1 invalid',
      '1 repeated',
      '121 new',
      'about 242, of which',
    ]) {
      assert.ok(dry.output().includes(line), dry.output());
    }
    assert.deepEqual(await storedOf(user), []);

    const asking = runImport(user.refreshToken, folder);
    assert.equal(await asking.ended, 1);
    assert.match(asking.output(), /There is no terminal to ask at/);

    const real = runImport(user.refreshToken, folder, '--yes');
    assert.equal(await real.ended, 0, real.output());
    assert.match(real.output(), /Done: 121 new, 0 stored before, 0 enriched, 1 invalid, 1 repeated/);
    const stored = await storedOf(user);
    assert.equal(stored.length, 121);
    const { tweetText, tweetUrl, source, timestamp } = stored.find(
      ({ tweetId }) => tweetId === first.tweetId,
    );
    assert.deepEqual([tweetText, tweetUrl, source], ['Like 0 & more', first.expandedUrl, 'archive']);
    assert.match(timestamp, /^20/);
    assert.equal(stored.find(({ tweetId }) => tweetId === '20').tweetUrl, undefined);

    const again = runImport(user.refreshToken, join(folder, 'data/like.js'), '--yes');
    assert.equal(await again.ended, 0, again.output());
    assert.match(again.output(), /Done: 0 new, 121 stored before/);
  });

  it('stores each tweet once when it is killed at a random point and run again, ten times', async () => {
    let longest = 0;
    for (let round = 0; round < 10; round += 1) {
      const user = await someone();
      const likes = manyLikes(150);
      await write(likes);
      const killed = runImport(user.refreshToken, folder, '--yes');
      await killed.says('new\n');
      const started = Date.now();
      const moment = Math.random() * longest;
      if (round === 0) await killed.ended;
      else await Promise.race([killed.ended, sleep(moment).then(() => killed.signal('SIGKILL'))]);
      longest = Math.max(longest, Date.now() - started);
      await killed.ended;

      const story = `round ${round}, killed after ${moment} ms, having said:\n${killed.output()}`;
      const finished = runImport(user.refreshToken, folder, '--yes');
      assert.equal(await finished.ended, 0, `${story}\n${finished.output()}`);
      const ids = (await storedOf(user)).map(({ tweetId }) => tweetId);
      assert.deepEqual(ids.toSorted(), likes.map(({ tweetId }) => tweetId).toSorted(), story);
      const [, isNew, before] = /Done: (\d+) new, (\d+) stored before/.exec(finished.output()) ?? [];
      const wasDone = killed.output().includes('Done: 150 new');
      assert.deepEqual(
        [isNew, before],
        wasDone ? ['0', '150'] : ['150', '0'],
        `${story}\n${finished.output()}`,
      );
    }
  });

  it('ends by Ctrl-C with 130, says how to go on, and goes on', async () => {
    const user = await someone();
    await write(manyLikes(400));
    const stopped = runImport(user.refreshToken, folder, '--yes');
    await stopped.says('100 of 400');
    stopped.signal('SIGINT');
    assert.equal(await stopped.ended, 130, stopped.output());
    assert.match(stopped.output(), /Stopped\. Run the same command again to go on\./);
    const rest = runImport(user.refreshToken, folder, '--yes');
    assert.equal(await rest.ended, 0, rest.output());
    assert.match(rest.output(), /\d+ done by an earlier run/);
    assert.match(rest.output(), /Done: 400 new, 0 stored before/);
    assert.equal((await storedOf(user)).length, 400);
  });

  it('ends with what is wrong, in words', async () => {
    const { refreshToken } = await newUser();
    for (const [args, words, code] of [
      [[], /^Name an archive: npm run import -- <archive>\. .*$/, 2],
      [['--no'], /^Unknown option '--no'\. .*$/, 2],
      [[join(folder, 'none')], /^There is no .*none\.$/, 1],
      [[folder], /has no data\/like\.js/, 1],
    ] as const) {
      const run = runImport(refreshToken, ...args);
      assert.equal(await run.ended, code);
      assert.match(run.output().trim(), words);
    }
    await write(manyLikes(1));
    const nowhere = runImport(refreshToken, folder, '--url', 'http://127.0.0.1:1');
    assert.equal(await nowhere.ended, 1);
    assert.match(nowhere.output(), /^Nothing answers at http:\/\/127\.0\.0\.1:1\. Is npm start running/);
    const other = createServer((_, response) => response.end('<h1>It works!</h1>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const elsewhere = runImport('', folder, '--url', `http://127.0.0.1:${port}`);
    assert.equal(await elsewhere.ended, 1);
    other.close();
    assert.match(elsewhere.output(), /^What answers at http:\S+ is not Tweet Capture/);
    const strange = runImport('refresh_nobody', folder, '--yes');
    assert.equal(await strange.ended, 1);
    assert.match(strange.output(), /^The session has ended\. Sign in again\. Run the same/m);
  });
});
