import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { keep } from '../../../scripts/lib/keep.mjs';
import { outputOf } from './output.ts';

interface Process {
  pid: number;
  command: string;
}

/** Starts a long-running program of the tests, which ends with them however they end, and collects what it says. */
export function kept(program: string, args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }) {
  const { child, ended, stop } = keep(program, args, options);
  const raw = outputOf(child);
  const output = () => stripVTControlCharacters(raw());
  let running = true;
  void ended.then(() => {
    running = false;
  });

  return {
    stop,
    ended,
    output,
    signal: (signal: NodeJS.Signals) => child.kill(signal),

    /** The program and everything it has started. */
    async processes(): Promise<Process[]> {
      child.send('processes');
      const [processes] = await once(child, 'message');
      return processes as Process[];
    },

    /** Waits until a check holds; fails with the program's last words when it ends or takes too long. */
    async until(what: string, check: () => boolean | Promise<boolean>, timeoutMs = 60_000) {
      const deadline = Date.now() + timeoutMs;
      while (!(await check())) {
        if (!running || Date.now() > deadline) {
          throw new Error(
            `${what}: ${running ? 'not in time' : 'the program ended'}\n${output().slice(-3000)}`,
          );
        }
        await sleep(50);
      }
    },
  };
}
