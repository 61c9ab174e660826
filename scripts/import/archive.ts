import { createReadStream, existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise } from 'yauzl';
import { Failure } from '../lib/command.mjs';

export interface ArchiveFile {
  /** As its user knows it, for messages. */
  name: string;
  bytes: Buffer;
}

const LIKES = /^like(?:-part(\d+))?\.js$/;
/** A like takes some 300 bytes; a string of V8 ends at 512 MiB. */
const LARGEST_BYTES = 256 * 2 ** 20;

const partOf = (name: string) => Number(LIKES.exec(basename(name))?.[1] ?? 0);

/** The names that are of likes. A part that is missing would be thousands of likes that nobody misses. */
function inOrder(path: string, names: string[]): string[] {
  const likes = names.filter((name) => LIKES.test(basename(name))).sort((a, b) => partOf(a) - partOf(b));
  const parts = new Set(likes.map(partOf));
  for (let part = 0; part < Math.max(...parts); part += 1) {
    const name = part === 0 ? 'like.js' : `like-part${part}.js`;
    if (!parts.has(part))
      throw new Failure(`${path} has no data/${name}, but a later part. Unpack or download it again.`);
  }
  return likes;
}

/** The files of likes of an archive: its .zip, its folder or its data folder, or like.js with the parts beside it. */
export async function readArchive(path: string): Promise<ArchiveFile[]> {
  if (!existsSync(path)) throw new Failure(`There is no ${path}.`);
  if (statSync(path).isDirectory()) return await fromFolder(path);
  if (await isZip(path)) return await fromZip(path);
  // Anything else is read, so that what is wrong with it can be told.
  return basename(path) === 'like.js' ? await fromFolder(dirname(path)) : [await file(path)];
}

async function fromFolder(folder: string) {
  for (const place of [join(folder, 'data'), folder]) {
    const names = existsSync(place) ? inOrder(folder, await readdir(place)) : [];
    if (names.length > 0) return await Promise.all(names.map((name) => file(join(place, name))));
  }
  throw nothingIn(folder);
}

async function file(path: string): Promise<ArchiveFile> {
  checkSize(path, statSync(path).size);
  return { name: path, bytes: await readFile(path) };
}

async function isZip(path: string) {
  const start = await buffer(createReadStream(path, { end: 3 }));
  return start.toString('latin1') === 'PK\x03\x04';
}

/** Reads the list of what is in it, and then the likes alone: the rest may be gigabytes. */
async function fromZip(path: string): Promise<ArchiveFile[]> {
  const zip = await openPromise(path, { autoClose: false }).catch((error) => {
    throw unreadable(path, error);
  });
  try {
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
    const names = inOrder(
      path,
      [...entries.keys()].filter((name) => /^(?:[^/]+\/)?data\/[^/]+$/.test(name)),
    );
    if (names.length === 0) throw nothingIn(path);
    const files: ArchiveFile[] = [];
    for (const name of names) {
      const entry = entries.get(name) as Entry;
      checkSize(name, entry.uncompressedSize);
      const bytes = await buffer(await zip.openReadStreamPromise(entry));
      if (crc32(bytes) !== entry.crc32) throw new Error(`${name} is damaged`);
      files.push({ name: `data/${basename(name)}`, bytes });
    }
    return files;
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(path, error as Error);
  } finally {
    zip.close();
  }
}

const unreadable = (path: string, { message }: Error) =>
  new Failure(`${path} cannot be read as a zip file: ${message.replace(/\.$/, '')}. Download it again.`);

const nothingIn = (path: string) =>
  new Failure(`${path} has no data/like.js. Is it the archive of an X account?`);

function checkSize(name: string, size: number) {
  if (size > LARGEST_BYTES)
    throw new Failure(`${name} has ${size} bytes; up to ${LARGEST_BYTES} can be read.`);
}
