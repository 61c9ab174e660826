import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { supervise } from '../../../scripts/process/supervise.mjs';
import { repository } from './project.ts';

interface Options {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Its standard input; none by default. */
  input?: string;
}

/** The output of a program so far, its exit code, and checks while it runs. */
export function observe(child: ChildProcess) {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  let isRunning = true;
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      isRunning = false;
      resolve(code);
    });
  });
  return {
    output: () => stripVTControlCharacters(output),
    /** Null after a signal. */
    ended,
    /** Waits until a check holds. Throws with the last output if the program ends first, or after the timeout. */
    async until(what: string, check: () => boolean | Promise<boolean>, timeoutMs = 120_000) {
      const deadline = Date.now() + timeoutMs;
      while (!(await check())) {
        if (!isRunning || Date.now() > deadline) {
          const reason = isRunning ? `not within ${timeoutMs} ms` : 'the program ended';
          throw new Error(`${what}: ${reason}\n${output.slice(-3000)}`);
        }
        await sleep(50);
      }
    },
  };
}

/** Starts a program in a process group of its own, as a terminal does. */
export function startProgram(
  program: string,
  args: string[],
  { cwd = repository, env = process.env, input }: Options = {},
) {
  const child = spawn(program, args, {
    cwd,
    env: { ...env, NODE_V8_COVERAGE: '' },
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(input);
  return {
    ...observe(child),
    /** Sends a signal to the program alone. */
    kill: (name: NodeJS.Signals) => child.kill(name),
    /** Sends a signal to the whole group: SIGINT is Ctrl-C in a terminal. */
    signal: (name: NodeJS.Signals) => process.kill(-(child.pid as number), name),
  };
}

/** Starts a long-running program that ends with the tests, however they end. */
export function startSupervised(
  program: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
) {
  const { child, stop } = supervise(program, args, options);
  return {
    ...observe(child),
    stop,
    /** The program and every process that it has started. */
    async processes() {
      child.send('processes');
      const [processes] = await once(child, 'message');
      return processes as { pid: number; command: string }[];
    },
  };
}
