import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** Makes the next process read its files from the disk. Only root may; answers whether it could. */
export function evictPageCache() {
  try {
    execFileSync('sync');
    writeFileSync('/proc/sys/vm/drop_caches', '1');
    return true;
  } catch {
    return false;
  }
}
