import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Like, likeJs, manyLikes } from '../../../scripts/import/archiveFixtures.ts';
import { newUser } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { startProgram } from '../support/programs.ts';
import { suite } from '../support/suite.ts';

const runImport = (refreshToken: string, ...args: string[]) =>
  startProgram(process.execPath, ['scripts/import/main.ts', '--url', suite.hostingUrl, ...args], {
    env: { ...process.env, TWEET_CAPTURE_REFRESH_TOKEN: refreshToken },
  });
type Import = ReturnType<typeof runImport>;

/** The counts in the last line with counts, such as `121 new`, by their names. */
function countsOf({ output }: Import): Record<string, number> {
  const line =
    output()
      .split('\n')
      .findLast((each) => / new\b/.test(each)) ?? '';
  const found = [...line.matchAll(/(\d+) (new|already stored|enriched|invalid|repeated)/g)];
  return Object.fromEntries(found.map(([, count, name]) => [name, Number(count)]));
}

type User = Awaited<ReturnType<typeof newUser>>;

describe('npm run import', function () {
  this.timeout(360_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'import-'));
    await mkdir(join(folder, 'data'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = (likes: Like[]) => writeFile(join(folder, 'data/like.js'), likeJs(likes));
  /** Page by page: exports are limited, and the command uses them. */
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
  // Otherwise the tests that follow would wait for thousands of triggers.
  after(async function () {
    this.timeout(180_000);
    const isPublished = async ({ send }: User) =>
      (await send('GET', '/api/tweets?status=captured&limit=1')).body.items.length === 0;
    for (const user of users) await eventually('published', () => isPublished(user), 170_000);
  });

  it('prints its plan, stores the likes of an archive, and finds all of them stored the second time', async () => {
    const user = await someone();
    const likes = manyLikes(120);
    const [first] = likes as [Like];
    await write([...likes, first, { tweetId: '12a' }, { tweetId: '20', expandedUrl: 'javascript:alert(1)' }]);

    const offline = runImport('', folder, '--dry-run', '--url', 'http://127.0.0.1:1');
    assert.equal(await offline.ended, 0, offline.output());
    assert.match(offline.output(), /data\/like\.js: 123 likes\n/);

    const dry = runImport(` "${user.refreshToken}"\r`, folder, '--dry-run');
    assert.equal(await dry.ended, 0, dry.output());
    for (const count of ['123 likes', '1 invalid', '1 repeated', '121 new', 'about 242']) {
      assert.ok(dry.output().includes(count), dry.output());
    }
    assert.deepEqual(await storedOf(user), []);

    const asking = runImport(user.refreshToken, folder);
    assert.equal(await asking.ended, 1);
    assert.deepEqual(await storedOf(user), []);

    const real = runImport(user.refreshToken, folder, '--yes');
    assert.equal(await real.ended, 0, real.output());
    const counts = { new: 121, 'already stored': 0, enriched: 0, invalid: 1, repeated: 1 };
    assert.deepEqual(countsOf(real), counts);
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
    assert.deepEqual(countsOf(again), { ...counts, new: 0, 'already stored': 121 });
  });

  it('stores each tweet once when it is killed at a random point and run again, ten times', async () => {
    let longest = 0;
    for (let round = 0; round < 10; round += 1) {
      const user = await someone();
      const likes = manyLikes(150);
      await write(likes);
      const killed = runImport(user.refreshToken, folder, '--yes');
      await killed.until('The plan', () => / new\n/.test(killed.output()));
      const started = Date.now();
      const moment = Math.random() * longest;
      if (round === 0) await killed.ended;
      else await Promise.race([killed.ended, sleep(moment).then(() => killed.signal('SIGKILL'))]);
      longest = Math.max(longest, Date.now() - started);
      const isDone = (await killed.ended) === 0;

      const story = `round ${round}, killed after ${moment} ms, with the output:\n${killed.output()}`;
      const finished = runImport(user.refreshToken, folder, '--yes');
      assert.equal(await finished.ended, 0, `${story}\n${finished.output()}`);
      const ids = (await storedOf(user)).map(({ tweetId }) => tweetId);
      assert.deepEqual(ids.toSorted(), likes.map(({ tweetId }) => tweetId).toSorted(), story);
      // A kill after the last write, before the exit, leaves no progress behind.
      const wasDone = isDone || killed.output().includes('Done');
      const { new: isNew, 'already stored': before } = countsOf(finished);
      assert.deepEqual([isNew, before], wasDone ? [0, 150] : [150, 0], `${story}\n${finished.output()}`);
    }
  });

  it('exits with 130 on Ctrl-C, and continues the next time', async () => {
    const user = await someone();
    await write(manyLikes(400));
    const stopped = runImport(user.refreshToken, folder, '--yes');
    await stopped.until('The first batch', () => stopped.output().includes('100 of 400'));
    stopped.signal('SIGINT');
    assert.equal(await stopped.ended, 130, stopped.output());
    const rest = runImport(user.refreshToken, folder, '--yes');
    assert.equal(await rest.ended, 0, rest.output());
    assert.match(rest.output(), /\d+ done by an earlier run/);
    assert.equal(countsOf(rest).new, 400);
    assert.equal((await storedOf(user)).length, 400);
  });

  it('exits with an error in one line', async () => {
    const { refreshToken } = await newUser();
    const fails = async (code: number, named: string, token: string, ...args: string[]) => {
      const run = runImport(token, ...args);
      assert.equal(await run.ended, code, run.output());
      const line = run.output().trim().split('\n').at(-1) ?? '';
      assert.ok(line.includes(named), run.output());
    };
    await fails(2, '<archive>', refreshToken);
    await fails(2, '--no', refreshToken, '--no');
    await fails(1, join(folder, 'none'), refreshToken, join(folder, 'none'));
    await fails(1, 'data/like.js', refreshToken, folder);
    await write(manyLikes(1));
    await fails(1, 'http://127.0.0.1:1', refreshToken, folder, '--url', 'http://127.0.0.1:1');
    const other = createServer((_, response) => response.end('<h1>It works!</h1>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await fails(1, `${url} is not Tweet Capture`, '', folder, '--url', url);
    other.close();
    await fails(1, 'Sign in again', 'refresh_nobody', folder, '--yes');
  });
});
