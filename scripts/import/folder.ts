import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Entry, isLikes } from './choose.ts';
import type { Skipped } from './likes.ts';
import { MANIFEST } from './manifest.ts';

/** The likes and manifests in an unpacked archive, up to a depth. */
export async function folderEntries(
  top: string,
  levels = Number.POSITIVE_INFINITY,
): Promise<{ entries: Entry[]; skipped: Skipped[] }> {
  const entries: Entry[] = [];
  const skipped: Skipped[] = [];
  const seen = new Set<string>();

  async function walk(folder: string, left: number) {
    if (left === 0) return;
    const real = await realpath(join(top, folder));
    if (seen.has(real)) return; // a link to a parent folder
    seen.add(real);
    for (const found of await readdir(real, { withFileTypes: true })) {
      const path = folder ? `${folder}/${found.name}` : found.name;
      const full = join(top, path);
      const target = found.isSymbolicLink() ? await stat(full).catch(() => null) : found;
      if (target?.isDirectory()) {
        await walk(path, left - 1).catch(({ message }: Error) =>
          skipped.push({ place: full, reason: message }),
        );
      } else if (target?.isFile() && (isLikes(found.name) || found.name === MANIFEST)) {
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
