import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './project.ts';

/** Installed, generated, or nobody's to read. */
const SKIPPED = /^(node_modules|lib|public|coverage|\..*)$/;

/** The paths from the repository's root of the files that are written by hand, below `folder`. */
export function sourceFiles(folder = ''): string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [path];
    const isSkipped = SKIPPED.test(entry.name) && !['bench/lib', '.github'].includes(path);
    return isSkipped ? [] : sourceFiles(path);
  });
}

export const readFile = (path: string) => readFileSync(join(repository, path), 'utf8');
