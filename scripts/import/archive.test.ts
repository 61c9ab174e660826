import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { readArchive } from './archive.ts';
import { likeJs, manifestJs } from './archiveFixtures.ts';
import { readLikes } from './likes.ts';

type Files = Record<string, string>;

describe('an archive of X', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archive-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const at = (path: string) => join(folder, path);
  async function put(files: Files, below = '') {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, below, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    return at(below);
  }
  async function bytesOfZip(files: Files, options: { zip64?: boolean } = {}) {
    const zip = new ZipFile();
    for (const [name, text] of Object.entries(files)) {
      zip.addBuffer(Buffer.from(text), name, { forceZip64Format: options.zip64 === true });
    }
    zip.end({ forceZip64Format: options.zip64 === true, comment: '' });
    return await buffer(zip.outputStream);
  }
  async function zipped(files: Files, options: { zip64?: boolean; change?: (bytes: Buffer) => Buffer } = {}) {
    const bytes = await bytesOfZip(files, options);
    await writeFile(at('archive.zip'), options.change?.(bytes) ?? bytes);
    return at('archive.zip');
  }
  /** Replaces a name by one of the same length that yazl would reject. */
  const renaming = (from: string, to: string) => (bytes: Buffer) => {
    assert.equal(from.length, to.length);
    return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
  };
  const textsOf = async (path: string) => (await readArchive(path)).files.map(({ bytes }) => String(bytes));
  const named = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));

  const PARTS = [
    'data/like.js',
    ...Array.from({ length: 10 }, (_, index) => `data/like-part${index + 1}.js`),
  ];
  const OTHERS = ['data/tweets.js', 'data/unlike.js', 'data/like.js.bak', 'data/likes_media/like.js'];

  for (const path of ['', 'data', 'data/like.js']) {
    it(`is read in the order of its parts from ./${path}`, async () => {
      await put(named(...OTHERS, ...PARTS));
      assert.deepEqual(await textsOf(at(path)), PARTS);
    });
  }

  for (const top of ['', 'twitter-2026-11-01/', 'Users/me/Downloads/twitter/']) {
    it(`is read from a zip file, below ${top || 'its top'}`, async () => {
      const names = [...OTHERS, ...PARTS.toReversed()].map((name) => top + name);
      assert.deepEqual(
        await textsOf(await zipped(named(...names))),
        PARTS.map((name) => top + name),
      );
    });
  }

  describe('of the same likes in different packaging', () => {
    const likes = Array.from({ length: 7 }, (_, index) => ({
      tweetId: String(1000 - index),
      fullText: `Like ${index}`,
    }));
    const first = likeJs(likes.slice(0, 4));
    const second = likeJs(likes.slice(4), 1);
    const DATA = {
      'data/like-part1.js': second,
      'data/like.js': first,
      'data/manifest.js': manifestJs({ 'data/like.js': 4, 'data/like-part1.js': 3 }),
    };
    const ROOT = { 'like-part1.js': second, 'like.js': first };
    const below = (top: string, files: Files) =>
      Object.fromEntries(Object.entries(files).map(([name, text]) => [top + name, text]));
    const MAC = {
      ...below('twitter/', DATA),
      '__MACOSX/twitter/data/._like.js': 'x',
      '__MACOSX/twitter/data/like.js': 'x',
    };
    const windows = (bytes: Buffer) => renaming('data/', 'data\\')(bytes);

    for (const [packaging, path] of [
      ['a folder', () => put(DATA, 'x')],
      ['a folder in folders', () => put(below('a/b/', DATA), 'x')],
      ['its data folder', async () => `${await put(DATA, 'x')}/data`],
      ['like.js by name', async () => `${await put(DATA, 'x')}/data/like.js`],
      ['a folder of 2018', () => put(ROOT, 'x')],
      ['like.js of 2018 by name', async () => `${await put(ROOT, 'x')}/like.js`],
      ['one file by any name', () => put({ 'mine.js': likeJs(likes) }, 'x').then((x) => `${x}/mine.js`)],
      ['a zip', () => zipped(DATA)],
      ['a zip64', () => zipped(DATA, { zip64: true })],
      ['a zip with folders above', () => zipped(below('a/b/', DATA))],
      ['a zip of 2018', () => zipped(ROOT)],
      ['a zip of 2018 in a folder', () => zipped(below('twitter-2018/', ROOT))],
      ['a zip by macOS', () => zipped(MAC)],
      ['a zip by Windows', () => zipped(DATA, { change: windows })],
    ] as [string, () => Promise<string>][]) {
      it(`imports the same tweets in the same order: ${packaging}`, async () => {
        const { files } = await readArchive(await path());
        assert.deepEqual(
          readLikes(files).tweets,
          likes.map(({ tweetId, fullText }) => ({ tweetId, tweetText: fullText })),
        );
      });
    }
  });

  it('is only the file that was named', async () => {
    await put({ 'two/like.js': 'named', 'two/data/like.js': 'other', 'two/more/like.js': 'other' });
    const { files } = await readArchive(at('two/like.js'));
    assert.deepEqual(
      files.map(({ name, bytes }) => [name, String(bytes)]),
      [[at('two/like.js'), 'named']],
    );
    await put(named(...PARTS.slice(0, 3)));
    assert.deepEqual(await textsOf(at('data/like-part1.js')), ['data/like-part1.js']);
  });

  for (const files of [
    named('a/data/like.js', 'b/data/like.js'),
    named('data/like.js', 'old/data/like.js'),
    named('like.js', 'new/data/like.js'),
    named('a/like.js', 'b/like.js'),
  ]) {
    it(`is rejected if it contains two archives: ${Object.keys(files)}`, async () => {
      await put(files, 'x');
      for (const path of [at('x'), await zipped(files)]) {
        await assert.rejects(textsOf(path), /more than one archive/);
      }
    });
  }

  describe('with a manifest.js', () => {
    const data = (manifest: string, names = PARTS.slice(0, 2)) => ({
      ...named(...names),
      'data/manifest.js': manifest,
    });
    const listed = { 'data/like.js': 4, 'data/like-part1.js': 3 };

    it('has the number of likes of each file', async () => {
      const files = data(manifestJs(listed));
      await put(files, 'x');
      for (const path of [at('x'), at('x/data/like.js'), await zipped(files)]) {
        const archive = await readArchive(path);
        assert.deepEqual(
          archive.files.map(({ count }) => count),
          [4, 3],
        );
        assert.equal(archive.note, undefined);
      }
    });

    for (const [what, files, words] of [
      ['a missing file', data(manifestJs({ ...listed, 'data/like-part2.js': 1 })), /lacks like-part2\.js/],
      [
        'a file of another archive',
        data(manifestJs({ 'data/like.js': 4 })),
        /like-part1\.js, not listed in its manifest\.js/,
      ],
      ['a damaged manifest', data('window.__THAR_CONFIG = {'), /manifest\.js is damaged\./],
    ] as [string, Files, RegExp][]) {
      it(`is rejected for ${what}`, async () => {
        await put(files, 'x');
        for (const path of [at('x'), at('x/data/like.js'), await zipped(files)]) {
          await assert.rejects(textsOf(path), words);
        }
      });
    }

    it('is rejected if X has split it into parts', async () => {
      const files = data(manifestJs(listed, true));
      await put(files, 'x');
      for (const path of [at('x'), await zipped(files)]) {
        await assert.rejects(textsOf(path), /isPartialArchive/);
      }
      const { files: read, note } = await readArchive(at('x/data/like.js'));
      assert.equal(read.length, 2);
      assert.match(note ?? '', /Import like\.js of the other parts/);
    });

    it('is read with a note if the manifest lists no likes', async () => {
      for (const manifest of ['window.__THAR_CONFIG = {"dataTypes":{}};', undefined]) {
        await put(manifest ? data(manifest) : named('data/like.js'), `${manifest?.length}`);
        const { note } = await readArchive(at(`${manifest?.length}`));
        assert.match(note ?? '', /no manifest\.js/);
      }
    });
  });

  for (const counted of [0, 1, 2]) {
    it(`is read in full from a zip by macOS with more than 65,535 entries: the count is ${counted}`, async () => {
      const bytes = await bytesOfZip(named('data/a', 'data/b', 'data/c', 'data/like.js'));
      const end = bytes.subarray(-22);
      for (const field of [8, 10]) end.writeUInt16LE(counted, field);
      await writeFile(at('archive.zip'), bytes);
      assert.deepEqual(await textsOf(at('archive.zip')), ['data/like.js']);
    });
  }

  it('is read without the entries of a zip that are outside it, and lists them', async () => {
    const change = (bytes: Buffer) =>
      renaming('b/x', '/bx')(renaming('aa/data/like.js', '../data/like.js')(bytes));
    const zip = await bytesOfZip({ 'data/like.js': 'data/like.js', 'aa/data/like.js': 'evil', 'b/x': 'x' });
    await writeFile(at('archive.zip'), change(zip));
    const archive = await readArchive(at('archive.zip'));
    assert.equal(archive.files.length, 1);
    assert.deepEqual(
      archive.skipped.map(({ place, reason }) => [place.split(': ')[1], reason]),
      [
        ['../data/like.js', 'its path is outside the archive'],
        ['/bx', 'its path is outside the archive'],
      ],
    );
  });

  it('is rejected if the checksum of a file is wrong', async () => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from('{ "tweetId": "1790" }'), 'data/like.js', { compress: false });
    zip.end();
    const bytes = await buffer(zip.outputStream);
    bytes.write('2', bytes.indexOf('1790'));
    await writeFile(at('archive.zip'), bytes);
    await assert.rejects(
      textsOf(at('archive.zip')),
      /archive\.zip as a zip file: data\/like\.js is damaged\./,
    );
  });

  for (const missing of ['data/like.js', 'data/like-part1.js']) {
    it(`is rejected if ${missing} is missing and a later part exists`, async () => {
      const files = named(...PARTS.slice(0, 3).filter((name) => name !== missing));
      await put(files, 'x');
      for (const path of [at('x'), await zipped(files)])
        await assert.rejects(textsOf(path), new RegExp(` without ${missing.slice(5)}\\.`));
    });
  }

  it('is rejected as an encrypted zip', async () => {
    for (const flag of [0x01, 0x41]) {
      const change = (bytes: Buffer) => {
        const entry = bytes.indexOf('PK\x01\x02', 0, 'latin1');
        bytes.writeUInt16LE(bytes.readUInt16LE(entry + 8) | flag, entry + 8);
        return bytes;
      };
      await assert.rejects(
        textsOf(await zipped(named('data/like.js'), { change })),
        /archive\.zip is encrypted\./,
      );
    }
  });

  it('is read beside folders and links with the names of its files', async () => {
    await put({ 'x/data/like.js': 'likes', 'x/data/like-part1.js/y': 'a folder', 'x/more': 'x' });
    await symlink(at('x'), at('x/data/loop'));
    await symlink(at('nowhere'), at('x/data/like-part2.js'));
    assert.deepEqual(await textsOf(at('x')), ['likes']);
    await put({ 'y/data': 'a file', 'y/like.js': 'likes' });
    assert.deepEqual(await textsOf(at('y')), ['likes']);
    await put({ 'z/data': 'a file' });
    await assert.rejects(textsOf(at('z')), /z has no data\/like\.js/);
  });

  it('is reported as missing or damaged', async () => {
    const bytes = await bytesOfZip(named('data/tweets.js'));
    await writeFile(at('archive.zip'), bytes);
    await put(named('data/tweets.js', 'data/likes_media/like.js'));
    await assert.rejects(textsOf(at('archive.zip')), /archive\.zip has no data\/like\.js/);
    await assert.rejects(textsOf(folder), /has no data\/like\.js/);
    await rm(at('data/likes_media'), { recursive: true });
    await assert.rejects(textsOf(at('data')), /data has no data\/like\.js/);
    await assert.rejects(textsOf(at('nothing')), /nothing does not exist\./);
    await writeFile(at('cut.zip'), bytes.subarray(0, bytes.length / 2));
    await assert.rejects(textsOf(at('cut.zip')), /cut\.zip as a zip file: /);
    await writeFile(at('page.zip'), '<html>');
    await assert.rejects(textsOf(at('page.zip')), /page\.zip is not a zip file\./);
  });
});
