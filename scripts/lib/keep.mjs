import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { root } from './project.mjs';
import { environment } from './run.mjs';

const keeper = fileURLToPath(new URL('keeper.mjs', import.meta.url));

/**
 * Starts a long-running command under a keeper. It has a process group of its own, so that Ctrl-C reaches us alone
 * and ends it in order: `stop()` asks it to end and waits until nothing of it is left.
 */
export function keep(program, args, { cwd = root, env = environment(), show = false } = {}) {
  const output = show ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, [keeper, program, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  });
  const ended = once(child, 'close').then(([code]) => code ?? 1);
  const stop = () => {
    if (child.connected) child.send('stop');
    return ended;
  };
  return { child, ended, stop };
}
