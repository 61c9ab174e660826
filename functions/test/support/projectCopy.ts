import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findMarkedProcesses } from '../../../scripts/process/findMarkedProcesses.mjs';
import { environment } from '../../../scripts/process/run.mjs';
import { freePorts } from './freePorts.ts';
import { startProgram } from './programs.ts';
import { repository } from './project.ts';

const EXCLUDED = new Set(['.git', '.cache', 'node_modules', 'lib', 'public', 'test', 'coverage']);
const SERVICES = ['hosting', 'functions', 'firestore', 'pubsub'] as const;

/** A copy of the project after its installation, with ports of its own. */
export async function projectCopy() {
  const folder = await mkdtemp(join(tmpdir(), 'copy-'));
  const filter = (path: string) => !EXCLUDED.has(basename(path));
  await cp(repository, folder, { recursive: true, filter });
  for (const modules of ['node_modules', 'functions/node_modules']) {
    await symlink(join(repository, modules), join(folder, modules));
  }

  const numbers = freePorts(SERVICES.length);
  const ports = Object.fromEntries(SERVICES.map((name, index) => [name, numbers[index] as number]));
  const config = JSON.parse(await readFile(join(repository, 'firebase.json'), 'utf8'));
  for (const name of SERVICES) config.emulators[name].port = ports[name];
  await writeFile(join(folder, 'firebase.json'), JSON.stringify(config));

  const mark = `COPY=${randomUUID()}`;
  const processes = () => findMarkedProcesses(mark);
  return {
    folder,
    ports: ports as Record<(typeof SERVICES)[number], number>,
    /** The running processes of the programs that were started here. */
    processes,
    run: (program: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
      startProgram(program, args, {
        cwd: folder,
        env: environment({ ...env, COPY: mark.slice('COPY='.length) }),
      }),
    async remove() {
      for (const { pid } of processes()) process.kill(pid, 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
