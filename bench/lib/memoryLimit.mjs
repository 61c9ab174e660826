import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const VERSIONS = [
  { parent: '/sys/fs/cgroup/memory', file: 'memory.limit_in_bytes' },
  { parent: '/sys/fs/cgroup', file: 'memory.max' },
];

let created = 0;

/**
 * Creates a control group with the memory of a function's instance, from which Node derives its heap size. Returns null if
 * this system or user cannot create one.
 */
export function makeMemoryLimit(mebibytes = 256) {
  created += 1;
  for (const { parent, file } of VERSIONS) {
    const folder = join(parent, `bench-${process.pid}-${created}`);
    try {
      mkdirSync(folder);
      if (!existsSync(join(folder, file))) rmdirSync(folder);
      else {
        writeFileSync(join(folder, file), String(mebibytes * 2 ** 20));
        return { processes: join(folder, 'cgroup.procs'), remove: () => rmdirSync(folder) };
      }
    } catch {
      // Try the other version of control groups.
    }
  }
  return null;
}
