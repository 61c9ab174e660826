// Runs one program and ends every process that it started. The program is stopped on a message from the parent, or when
// the parent dies, which closes the IPC channel.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { findMarkedProcesses } from './findMarkedProcesses.mjs';

const STOP_TIMEOUT_MS = 8000;
const mark = randomUUID();
const [program, ...args] = process.argv.slice(2);

// Supervisors can be nested: the environment lists the marks of all of them.
const env = { ...process.env, SUPERVISED_BY: `${process.env.SUPERVISED_BY ?? ''} ${mark}`.trim() };
const child = spawn(program, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });

let isStopping = false;
async function stop() {
  if (isStopping) return; // on a second SIGINT the Firebase CLI would leave its emulators running
  isStopping = true;
  child.kill('SIGINT');
  await sleep(STOP_TIMEOUT_MS, undefined, { ref: false });
  child.kill('SIGKILL');
}

async function exit(code) {
  for (let left = findMarkedProcesses(mark); left.length > 0; left = findMarkedProcesses(mark)) {
    for (const { pid } of left) kill(pid);
    await sleep(20);
  }
  process.exit(code);
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

child.on('error', () => void exit(127));
child.on('exit', (code) => void exit(code ?? 1));
process.on('disconnect', () => void stop());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop());

process.on('message', (message) => {
  if (message === 'stop') void stop();
  if (message === 'processes') process.send(findMarkedProcesses(mark));
});
