import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Entry, isLikes } from './choose.ts';
import type { LeftOut } from './likes.ts';
import { MANIFEST } from './manifest.ts';

/** The files of an unpacked archive that an import may need, so many levels deep. */
export async function folderEntries(
  top: string,
  levels = Number.POSITIVE_INFINITY,
): Promise<{ entries: Entry[]; skipped: LeftOut[] }> {
  const entries: Entry[] = [];
  const skipped: LeftOut[] = [];
  const seen = new Set<string>();

  async function walk(folder: string, left: number) {
    if (left === 0) return;
    const real = await realpath(join(top, folder));
    if (seen.has(real)) return; // a link to a folder above
    seen.add(real);
    for (const found of await readdir(real, { withFileTypes: true })) {
      const path = folder ? `${folder}/${found.name}` : found.name;
      const full = join(top, path);
      const is = found.isSymbolicLink() ? await stat(full).catch(() => null) : found;
      if (is?.isDirectory()) {
        await walk(path, left - 1).catch(({ message }: Error) =>
          skipped.push({ place: full, reason: message }),
        );
      } else if (is?.isFile() && (isLikes(found.name) || found.name === MANIFEST)) {
        entries.push(await fileEntry(full, path));
      }
    }
  }
  await walk('', levels);
  return { entries, skipped };
}

export async function fileEntry(full: string, path: string): Promise<Entry> {
  return { path, size: (await stat(full)).size, read: () => readFile(full) };
}
