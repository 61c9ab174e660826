// Runs one command, and leaves nothing of it behind. When the parent says so, or dies in whatever way (which closes
// the IPC channel), the command is asked to end; once it has ended, all that it started has ended too.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesMarked } from './processes.mjs';

const PATIENCE_MS = 8000;
const mark = randomUUID();
const [program, ...args] = process.argv.slice(2);

// Keepers can nest: the environment lists the marks of all of them.
const env = { ...process.env, KEPT_BY: `${process.env.KEPT_BY ?? ''} ${mark}`.trim() };
const child = spawn(program, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });

async function endTheRest() {
  for (let left = processesMarked(mark); left.length > 0; left = processesMarked(mark)) {
    for (const { pid } of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // ended meanwhile
      }
    }
    await sleep(20);
  }
}

let stopping = false;
async function stop() {
  if (stopping) return; // a second SIGINT would make the firebase CLI leave its emulators behind
  stopping = true;
  child.kill('SIGINT');
  await sleep(PATIENCE_MS, undefined, { ref: false });
  child.kill('SIGKILL');
}

async function leave(code) {
  await endTheRest();
  process.exit(code);
}

child.on('error', () => void leave(127));
child.on('exit', (code) => void leave(code ?? 1));
process.on('disconnect', () => void stop());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop());

process.on('message', (message) => {
  if (message === 'stop') void stop();
  if (message === 'processes') process.send(processesMarked(mark));
});
