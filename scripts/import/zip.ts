import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { getFileNameLowLevel, openPromise, type Entry as ZipEntry, type ZipFile } from 'yauzl';
import { CliError } from '../cli/errors.mjs';
import { type Entry, isOutside } from './choose.ts';
import type { Skipped } from './likes.ts';

export async function isZip(path: string): Promise<boolean> {
  const start = await buffer(createReadStream(path, { end: 3 }));
  return start.toString('latin1') === 'PK\x03\x04';
}

/** Calls `use` with the files of a zip. Reads only the directory first, since the files may have gigabytes. */
export async function withZip<T>(path: string, use: (entries: Entry[], skipped: Skipped[]) => Promise<T>) {
  // yauzl would reject the whole zip for one path outside it, so names are decoded here.
  const options = { autoClose: false, decodeStrings: false };
  const zip = await openPromise(path, options).catch((error) => {
    throw unreadable(path, error);
  });
  try {
    const entries: Entry[] = [];
    const skipped: Skipped[] = [];
    for await (const entry of allEntries(zip, path)) {
      const name = nameIn(entry);
      if (name.endsWith('/')) continue;
      if (isOutside(name))
        skipped.push({ place: `${path}: ${name}`, reason: 'its path is outside the archive' });
      else
        entries.push({ path: name, size: entry.uncompressedSize, read: () => read(zip, entry, name, path) });
    }
    return await use(entries, skipped);
  } catch (error) {
    throw error instanceof CliError ? error : unreadable(path, error as Error);
  } finally {
    zip.close();
  }
}

/** The name of an entry, with `/` for backslashes. */
const nameIn = ({ generalPurposeBitFlag, fileNameRaw, extraFields }: ZipEntry) =>
  getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);

const ENTRY_SIGNATURE = 'PK\x01\x02';

/** All entries. The count in a zip by macOS has 16 bits, so it is too low from 65,536 entries on. */
async function* allEntries(zip: ZipFile, path: string) {
  const file = await open(path);
  const countNext = async () => {
    if (zip.entriesRead !== zip.entryCount) return;
    const { bytesRead, buffer: next } = await file.read(Buffer.alloc(4), 0, 4, Number(zip.readEntryCursor));
    if (bytesRead === 4 && next.toString('latin1') === ENTRY_SIGNATURE) zip.entryCount += 1;
  };
  try {
    await countNext();
    for await (const entry of zip.eachEntry()) {
      yield entry;
      await countNext();
    }
  } finally {
    await file.close();
  }
}

async function read(zip: ZipFile, entry: ZipEntry, name: string, path: string): Promise<Buffer> {
  if (entry.isEncrypted()) throw encrypted(path);
  const bytes = await buffer(await zip.openReadStreamPromise(entry));
  if (crc32(bytes) !== entry.crc32) throw new Error(`${name} is damaged`);
  return bytes;
}

const encrypted = (path: string) =>
  new CliError(`${path} is encrypted. Unpack it with its password and pass the folder.`);

function unreadable(path: string, { message }: Error) {
  if (message === 'strong encryption is not supported') return encrypted(path);
  const reason = message.replace(/\.$/, '');
  return new CliError(
    `Cannot read ${path} as a zip file: ${reason}. Unpack it and pass the folder, or download it again.`,
  );
}
