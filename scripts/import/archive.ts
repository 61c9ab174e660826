import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../lib/command.mjs';
import { chooseLikes, type Entry, isLikes, nameOf } from './choose.ts';
import { fileEntry, folderEntries } from './folder.ts';
import type { LeftOut } from './likes.ts';
import { checkFiles, MANIFEST, readManifest } from './manifest.ts';
import { isZip, withZip } from './zip.ts';

export interface ArchiveFile {
  /** As its user knows it, for messages. */
  name: string;
  bytes: Buffer;
  /** How many likes it must have, if the archive says so. */
  count?: number;
}

export interface Archive {
  /** In the order of their parts. */
  files: ArchiveFile[];
  /** What was not looked at, and why. */
  skipped: LeftOut[];
  /** What nothing could be checked by, in words. */
  note?: string;
}

/** A like takes some 300 bytes; a string of V8 ends at 512 MiB. */
const LARGEST_BYTES = 256 * 2 ** 20;

const NO_MANIFEST = 'There is no manifest.js beside them, so nothing tells whether likes are missing.';
const ONE_OF_MANY =
  'They are of one part of an archive that X has split: import like.js of the other parts as well.';

/**
 * The files of likes of an archive: of its .zip, its folder, or a file. `like.js` stands for itself and the parts beside
 * it, a file by another name for itself alone.
 */
export async function readArchive(path: string): Promise<Archive> {
  if (!existsSync(path)) throw new Failure(`There is no ${path}.`);
  if (statSync(path).isDirectory()) {
    const { entries, skipped } = await folderEntries(path);
    return await readWhole(path, entries, skipped, (entry) => join(path, entry.path));
  }
  if (await isZip(path)) {
    return await withZip(path, (entries, skipped) =>
      readWhole(path, entries, skipped, (entry) => entry.path),
    );
  }
  if (path.endsWith('.zip')) throw new Failure(`${path} is not a zip file. Download it again.`);
  return await readNamed(path);
}

type NameOf = (entry: Entry) => string;

async function readWhole(path: string, entries: Entry[], skipped: LeftOut[], name: NameOf): Promise<Archive> {
  const { folder, likes } = chooseLikes(path, entries);
  const own = folder ? `${folder}/${MANIFEST}` : MANIFEST;
  const manifest = await manifestOf(
    entries.find((entry) => entry.path === own),
    name,
  );
  if (manifest?.isPartial) {
    throw new Failure(
      `${path} is one part of an archive that X has split, says its manifest.js (isPartialArchive): the likes may be in ` +
        'another part. Download all parts, unpack each, and import its data/like.js by name.',
    );
  }
  if (manifest) checkFiles(path, manifest, likes);
  const files = await filesOf(likes, name, manifest?.counts);
  return { files, skipped, ...(!manifest && { note: NO_MANIFEST }) };
}

/** Exactly what was named: it may be all that there is of an archive. */
async function readNamed(path: string): Promise<Archive> {
  const [folder, name] = [dirname(path), basename(path)];
  if (!isLikes(name))
    return { files: await filesOf([await fileEntry(path, path)], nameOfEntry), skipped: [] };
  const { entries: beside } = await folderEntries(folder, 1);
  const full: NameOf = (entry) => join(folder, entry.path);
  const likes =
    name === 'like.js' ? chooseLikes(folder, beside).likes : beside.filter((entry) => entry.path === name);
  const manifest = await manifestOf(
    beside.find((entry) => entry.path === MANIFEST),
    full,
  );
  if (manifest && !manifest.isPartial && name === 'like.js') checkFiles(folder, manifest, likes);
  const files = await filesOf(likes, full, manifest?.counts);
  const note = manifest ? manifest.isPartial && ONE_OF_MANY : NO_MANIFEST;
  return { files, skipped: [], ...(note && { note }) };
}

const nameOfEntry: NameOf = (entry) => entry.path;

const manifestOf = async (entry: Entry | undefined, name: NameOf) =>
  entry ? readManifest(name(entry), await bytesOf(entry, name)) : null;

async function filesOf(likes: Entry[], name: NameOf, counts?: Map<string, number>): Promise<ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  for (const entry of likes) {
    const count = counts?.get(nameOf(entry.path));
    files.push({
      name: name(entry),
      bytes: await bytesOf(entry, name),
      ...(count !== undefined && { count }),
    });
  }
  return files;
}

async function bytesOf(entry: Entry, name: NameOf): Promise<Buffer> {
  if (entry.size <= LARGEST_BYTES) return await entry.read();
  throw new Failure(`${name(entry)} has ${entry.size} bytes; up to ${LARGEST_BYTES} can be read.`);
}
