import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CliError } from '../cli/errors.mjs';
import { chooseLikes, type Entry, isLikes, nameOf } from './choose.ts';
import { fileEntry, folderEntries } from './folder.ts';
import type { Skipped } from './likes.ts';
import { checkFiles, MANIFEST, readManifest } from './manifest.ts';
import { isZip, withZip } from './zip.ts';

export interface ArchiveFile {
  /** The name to print. */
  name: string;
  bytes: Buffer;
  /** The number of its likes according to the manifest, if it has one. */
  count?: number;
}

export interface Archive {
  /** In the order of their parts. */
  files: ArchiveFile[];
  /** Files that were not read, with the reason. */
  skipped: Skipped[];
  /** Why the likes could not be checked for completeness. */
  note?: string;
}

/** About 900,000 likes. A string of V8 holds at most 512 MiB. */
const MAX_BYTES = 256 * 2 ** 20;

const NO_MANIFEST = 'The archive has no manifest.js, so missing likes cannot be detected.';
const ONE_OF_MANY = 'X has split this archive into parts. Import like.js of the other parts, too.';

/**
 * Reads the files of likes in an archive: a .zip, a folder, or a single file. `like.js` includes the parts beside it; a file
 * with another name is read alone. Throws CliError.
 */
export async function readArchive(path: string): Promise<Archive> {
  if (!existsSync(path)) throw new CliError(`${path} does not exist.`);
  if (statSync(path).isDirectory()) {
    const { entries, skipped } = await folderEntries(path);
    return await readWhole(path, entries, skipped, (entry) => join(path, entry.path));
  }
  if (await isZip(path)) {
    return await withZip(path, (entries, skipped) =>
      readWhole(path, entries, skipped, (entry) => entry.path),
    );
  }
  if (path.endsWith('.zip')) throw new CliError(`${path} is not a zip file. Download it again.`);
  return await readNamed(path);
}

type NameOf = (entry: Entry) => string;

async function readWhole(path: string, entries: Entry[], skipped: Skipped[], name: NameOf): Promise<Archive> {
  const { folder, likes } = chooseLikes(path, entries);
  const own = folder ? `${folder}/${MANIFEST}` : MANIFEST;
  const manifest = await manifestOf(
    entries.find((entry) => entry.path === own),
    name,
  );
  if (manifest?.isPartial) {
    throw new CliError(
      `${path} is one part of an archive that X has split (isPartialArchive in its manifest.js), and the likes may be in ` +
        'another part. Download all parts, unpack each, and import its data/like.js by name.',
    );
  }
  if (manifest) checkFiles(path, manifest, likes);
  const files = await filesOf(likes, name, manifest?.counts);
  return { files, skipped, ...(!manifest && { note: NO_MANIFEST }) };
}

/** Reads a single file. The rest of the archive may not exist. */
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
  if (entry.size <= MAX_BYTES) return await entry.read();
  throw new CliError(
    `${name(entry)} is too large: it has ${entry.size} bytes, and the limit is ${MAX_BYTES}.`,
  );
}
