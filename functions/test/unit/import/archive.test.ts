import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { readArchive } from '../../../../scripts/import/archive.ts';

describe('an archive of X', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archive-'));
    await mkdir(join(folder, 'data'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const put = (name: string, text = name) => writeFile(join(folder, name), text);
  async function zipped(names: string[]) {
    const zip = new ZipFile();
    for (const name of names) zip.addBuffer(Buffer.from(name), name);
    zip.end();
    const bytes = await buffer(zip.outputStream);
    await writeFile(join(folder, 'archive.zip'), bytes);
    return bytes;
  }
  const textsOf = async (path: string) =>
    (await readArchive(join(folder, path))).map(({ bytes }) => String(bytes));

  const PARTS = [
    'data/like.js',
    ...Array.from({ length: 10 }, (_, index) => `data/like-part${index + 1}.js`),
  ];
  const OTHERS = ['data/tweets.js', 'data/unlike.js', 'data/like.js.bak', 'data/likes_media/like.js'];

  for (const path of ['', 'data', 'data/like.js']) {
    it(`is read in the order of its parts from ./${path}`, async () => {
      await mkdir(join(folder, 'data/likes_media'));
      for (const name of [...OTHERS, ...PARTS]) await put(name);
      assert.deepEqual(await textsOf(path), PARTS);
    });
  }

  for (const top of ['', 'twitter-2026-11-01/']) {
    it(`is read from a zip file, ${top ? 'in a folder of its own' : 'as X packs it'}`, async () => {
      const names = [...OTHERS, ...PARTS.toReversed()].map((name) => top + name);
      await zipped(names);
      assert.deepEqual(
        await textsOf('archive.zip'),
        PARTS.map((name) => top + name),
      );
    });
  }

  it('is refused where a zip file has other bytes than were put into it', async () => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from('{ "tweetId": "1790" }'), 'data/like.js', { compress: false });
    zip.end();
    const bytes = await buffer(zip.outputStream);
    bytes.write('2', bytes.indexOf('1790'));
    await writeFile(join(folder, 'archive.zip'), bytes);
    await assert.rejects(
      textsOf('archive.zip'),
      /archive\.zip cannot be read as a zip file: .*Download it again\./,
    );
  });

  for (const missing of ['data/like.js', 'data/like-part1.js']) {
    it(`is refused without its ${missing}, when later parts are there`, async () => {
      const names = [...PARTS.slice(0, 3).filter((name) => name !== missing)];
      for (const name of names) await put(name);
      await zipped(names);
      for (const path of ['', 'archive.zip'])
        await assert.rejects(textsOf(path), new RegExp(`has no ${missing}, `));
    });
  }

  it('may be one file of any name', async () => {
    await put('my-likes.js', 'x');
    assert.deepEqual(await textsOf('my-likes.js'), ['x']);
  });

  it('is missed in words', async () => {
    const bytes = await zipped(['data/tweets.js']);
    await assert.rejects(textsOf('archive.zip'), /archive\.zip has no data\/like\.js/);
    await assert.rejects(textsOf('data'), /data has no data\/like\.js/);
    await assert.rejects(textsOf('nothing'), /There is no .*nothing\./);
    await writeFile(join(folder, 'cut.zip'), bytes.subarray(0, bytes.length / 2));
    await assert.rejects(textsOf('cut.zip'), /cut\.zip cannot be read as a zip file: .*Download it again\./);
  });
});
