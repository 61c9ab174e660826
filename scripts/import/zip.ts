import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { getFileNameLowLevel, openPromise, type Entry as ZipEntry, type ZipFile } from 'yauzl';
import { Failure } from '../lib/command.mjs';
import { type Entry, leaves } from './choose.ts';
import type { LeftOut } from './likes.ts';

export async function isZip(path: string): Promise<boolean> {
  const start = await buffer(createReadStream(path, { end: 3 }));
  return start.toString('latin1') === 'PK\x03\x04';
}

/** Gives `use` the files of a zip. Only its directory is read before: the rest may be gigabytes. */
export async function withZip<T>(path: string, use: (entries: Entry[], skipped: LeftOut[]) => Promise<T>) {
  // Names are read here: yauzl would refuse the whole zip for one that leaves the folder.
  const options = { autoClose: false, decodeStrings: false };
  const zip = await openPromise(path, options).catch((error) => {
    throw unreadable(path, error);
  });
  try {
    const entries: Entry[] = [];
    const skipped: LeftOut[] = [];
    for await (const entry of allEntries(zip, path)) {
      const name = nameIn(entry);
      if (name.endsWith('/')) continue;
      if (leaves(name)) skipped.push({ place: `${path}: ${name}`, reason: 'its path leaves the folder' });
      else
        entries.push({ path: name, size: entry.uncompressedSize, read: () => read(zip, entry, name, path) });
    }
    return await use(entries, skipped);
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(path, error as Error);
  } finally {
    zip.close();
  }
}

/** With `/` for the backslash that Windows separates folders by. */
const nameIn = ({ generalPurposeBitFlag, fileNameRaw, extraFields }: ZipEntry) =>
  getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);

const ENTRY_SIGNATURE = 'PK\x01\x02';

/** All entries, also of a zip that macOS made: it counts by 16 bits, and so fewer than there are from 65,536 on. */
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
  new Failure(`${path} is encrypted. Unpack it with its password, and name the folder.`);

function unreadable(path: string, { message }: Error) {
  if (message === 'strong encryption is not supported') return encrypted(path);
  const reason = message.replace(/\.$/, '');
  return new Failure(
    `${path} cannot be read as a zip file: ${reason}. Unpack it and name the folder, or download it again.`,
  );
}
