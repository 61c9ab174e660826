import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const VERSIONS = [
  { parent: '/sys/fs/cgroup/memory', file: 'memory.limit_in_bytes' },
  { parent: '/sys/fs/cgroup', file: 'memory.max' },
];

/**
 * Makes a control group of Linux that has the memory of a function's instance: Node chooses its heap by that. Null where
 * this machine, or who runs this, has none to give.
 */
export function makeMemoryLimit(mebibytes = 256) {
  for (const { parent, file } of VERSIONS) {
    const folder = join(parent, `bench-${process.pid}-${mebibytes}`);
    try {
      mkdirSync(folder);
      if (!existsSync(join(folder, file))) rmdirSync(folder);
      else {
        writeFileSync(join(folder, file), String(mebibytes * 2 ** 20));
        return { processes: join(folder, 'cgroup.procs'), remove: () => rmdirSync(folder) };
      }
    } catch {
      // The other version, then.
    }
  }
  return null;
}
