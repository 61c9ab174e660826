import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The paths of the files below a folder, relative to it; empty if the folder does not exist. */
export function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/**
 * Makes a folder contain exactly these files: `files` maps each path in the folder to its source. Writes only files that
 * changed, so that running emulators do not reload without need.
 */
export function syncDir(files, folder) {
  for (const file of filesIn(folder)) if (!files.has(file)) rmSync(join(folder, file), { force: true });
  for (const [file, source] of files) {
    const content = readFileSync(source);
    const target = join(folder, file);
    if (existsSync(target) && readFileSync(target).equals(content)) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}
