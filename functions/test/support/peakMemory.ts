import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const MEBIBYTE_IN_KIB = 1024;

/** Looks at the resident memory of a process time and again; `end` answers the most there was, in MiB. */
export function watchMemory(pid: number) {
  let peak = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
      peak = Math.max(peak, Number(stdout) / MEBIBYTE_IN_KIB);
      await sleep(50);
    }
  })();
  return {
    async end() {
      isOver = true;
      await watching;
      return Math.round(peak);
    },
  };
}
