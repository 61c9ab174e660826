import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The files below a folder, by their path in it; none where there is no folder. */
export function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/**
 * Makes a folder hold these files and no others: `files` is where each comes from, by its path in the folder. Touches
 * only what has changed, so that running emulators reload for a reason, and two builds do not collide.
 */
export function mirror(files, folder) {
  for (const file of filesIn(folder)) if (!files.has(file)) rmSync(join(folder, file), { force: true });
  for (const [file, source] of files) {
    const content = readFileSync(source);
    const target = join(folder, file);
    if (existsSync(target) && readFileSync(target).equals(content)) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}
