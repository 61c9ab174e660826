import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { functions, node } from '../../scripts/project.mjs';

const framework = join(functions, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
const redirect = fileURLToPath(new URL('redirect.cjs', import.meta.url));
const START_TIMEOUT_MS = 30_000;

const alive = new Set();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** A command in a control group: the shell joins the group and becomes the command. */
const limited = ({ processes }, command) => [
  '/bin/sh',
  '-c',
  `echo $$ > ${processes} && exec "$@"`,
  'sh',
  ...command,
];

/** Starts one function as Cloud Run does: a process of the functions framework that serves `app`. */
export async function startInstance(app, env) {
  const { folder, target, signature = 'http', nodeOptions = [], memoryLimit } = app;
  const port = await freePort();
  const startedAt = performance.now();
  const command = [node, '--require', redirect, ...nodeOptions, framework];
  const [program, ...args] = memoryLimit ? limited(memoryLimit, command) : command;
  const child = spawn(program, args, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      K_SERVICE: target.toLowerCase(),
      FUNCTION_TARGET: target,
      FUNCTION_SIGNATURE_TYPE: signature,
      PORT: String(port),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-4000);
    });
  }
  alive.add(child);
  const exited = once(child, 'exit').then(() => alive.delete(child));
  return {
    port,
    /** Sends a request, repeatedly until the instance listens, and throws unless it succeeds. */
    async send(message) {
      const until = performance.now() + START_TIMEOUT_MS;
      while (performance.now() < until && child.exitCode === null) {
        const answer = await exchange(port, message).catch((error) => {
          if (error.code !== 'ECONNREFUSED') throw error;
        });
        if (!answer) {
          await sleep(1);
          continue;
        }
        if (answer.status >= 300)
          throw new Error(`${target} answered ${answer.status}: ${answer.body}\n${output}`);
        return { ...answer, elapsedMs: performance.now() - startedAt };
      }
      throw new Error(`${target} in ${folder} does not listen:\n${output}`);
    },

    cpuMilliseconds: () => cpuMilliseconds(child.pid),
    /** The peak of the resident memory; null if the process was killed. */
    peakMegabytes: () => peakMegabytes(child),
    residentMegabytes: () => Number(execFileSync('ps', ['-o', 'rss=', '-p', child.pid])) / 1024,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Needs Linux. */
function peakMegabytes({ pid, exitCode, signalCode }) {
  if (exitCode !== null || signalCode !== null) return null;
  const [, kibibytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return kibibytes ? Math.round(kibibytes / 1024) : null;
}

/** The CPU time of all threads so far. NaN except on Linux, which measures it finely enough. */
function cpuMilliseconds(pid) {
  if (process.platform !== 'linux') return Number.NaN;
  const used = (thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + used(thread), 0) / 1e6;
}

const agent = new Agent({ keepAlive: false });

/** One HTTP exchange on a connection of its own; fetch would reuse connections of ended processes. */
export function exchange(port, { method = 'POST', path = '/', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode, body: text }));
      response.on('error', reject);
    });
    sent.on('error', reject).end(body);
  });
}
