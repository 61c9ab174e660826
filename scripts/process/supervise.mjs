import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { root } from '../project.mjs';
import { environment } from './run.mjs';

const supervisor = fileURLToPath(new URL('supervisor.mjs', import.meta.url));

/**
 * Starts a long-running program under a supervisor, in a process group of its own: Ctrl-C reaches only this process, which
 * then calls `stop()`. That resolves when the program and every process that it started have ended.
 */
export function supervise(program, args, { cwd = root, env = environment(), print = false } = {}) {
  const output = print ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, [supervisor, program, ...args], {
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
