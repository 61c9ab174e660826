import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesMarked } from '../../../scripts/lib/processes.mjs';
import { environment } from '../../../scripts/lib/run.mjs';
import { freePorts } from './freePorts.ts';
import { outputOf } from './output.ts';
import { repository } from './project.ts';

const LEFT_OUT = new Set(['.git', '.cache', 'node_modules', 'lib', 'public', 'test', 'coverage']);
const SERVICES = ['hosting', 'functions', 'firestore', 'pubsub'] as const;

/** A copy of the project as a clone would be after its installation, with ports of its own. */
export async function projectCopy() {
  const folder = await mkdtemp(join(tmpdir(), 'copy-'));
  const scripts = join(repository, 'scripts');
  const wanted = (path: string) => path.startsWith(scripts) || !LEFT_OUT.has(basename(path));
  await cp(repository, folder, { recursive: true, filter: wanted });
  for (const modules of ['node_modules', 'functions/node_modules']) {
    await symlink(join(repository, modules), join(folder, modules));
  }

  const numbers = freePorts(SERVICES.length);
  const ports = Object.fromEntries(SERVICES.map((name, index) => [name, numbers[index] as number]));
  const config = JSON.parse(await readFile(join(repository, 'firebase.json'), 'utf8'));
  for (const name of SERVICES) config.emulators[name].port = ports[name];
  await writeFile(join(folder, 'firebase.json'), JSON.stringify(config));

  const mark = `COPY=${randomUUID()}`;
  const processes = () => processesMarked(mark);
  return {
    folder,
    ports: ports as Record<(typeof SERVICES)[number], number>,
    /** What still runs of the programs that were run here. */
    processes,
    run: (program: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
      runProgram(program, args, folder, { ...env, COPY: mark.slice('COPY='.length) }),
    async remove() {
      for (const { pid } of processes()) process.kill(pid, 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a program in a process group of its own, as a terminal does. */
function runProgram(program: string, args: string[], cwd: string, extra: NodeJS.ProcessEnv) {
  const env = environment({ NODE_V8_COVERAGE: '', ...extra });
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = outputOf(child);
  let running = true;
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      running = false;
      resolve(code);
    });
  });
  return {
    output,
    ended,
    /** What Ctrl-C does in a terminal: everyone in the group gets the signal. */
    interrupt: () => process.kill(-(child.pid as number), 'SIGINT'),
    async says(text: string) {
      while (!output().includes(text)) {
        if (!running) throw new Error(`It ended without saying "${text}":\n${output()}`);
        await sleep(100);
      }
    },
  };
}
