import { readFileSync } from 'node:fs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Resolves with a signal when this process has to stop: it received one, or the npm that runs it has ended. An npm that is
 * killed passes no signal on.
 */
export function untilStopped() {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.on(signal, resolve);
    if (!process.env.npm_lifecycle_event) return;
    const initial = parents();
    setInterval(() => parents() !== initial && resolve('SIGTERM'), 500).unref();
  });
}

/** The PIDs of the parent and, on Linux, of its parent: some shells stay between npm and its command. */
function parents() {
  const { ppid, platform } = process;
  if (platform !== 'linux') return String(ppid);
  try {
    const [, grandparent] = /\) \w (\d+)/.exec(readFileSync(`/proc/${ppid}/stat`, 'utf8')) ?? [];
    return `${ppid} ${grandparent}`;
  } catch {
    return String(ppid); // the parent has just ended
  }
}
