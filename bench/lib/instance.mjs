import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { functions } from '../../scripts/lib/project.mjs';

const framework = join(functions, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
const redirect = fileURLToPath(new URL('redirect.cjs', import.meta.url));
const node = join(functions, '../node_modules/.bin/node');
const PATIENCE_MS = 30_000;

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

/** Runs a command within a memory limit: the shell becomes the command once it is in there. */
const limited = ({ processes }, command) => [
  '/bin/sh',
  '-c',
  `echo $$ > ${processes} && exec "$@"`,
  'sh',
  ...command,
];

/** One function as Cloud Run runs it: a process of the functions framework. `app` is what it serves. */
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
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-4000);
    });
  }
  alive.add(child);
  const exited = once(child, 'exit').then(() => alive.delete(child));
  return {
    port,
    /** Sends a request, at first again and again until somebody listens, and checks the status of the answer. */
    async send(message) {
      const until = performance.now() + PATIENCE_MS;
      while (performance.now() < until && child.exitCode === null) {
        const answer = await exchange(port, message).catch((error) => {
          if (error.code !== 'ECONNREFUSED') throw error;
        });
        if (!answer) {
          await sleep(1);
          continue;
        }
        if (answer.status >= 300)
          throw new Error(`${target} answered ${answer.status}: ${answer.body}\n${said}`);
        return { ...answer, elapsedMs: performance.now() - startedAt };
      }
      throw new Error(`${target} in ${folder} does not listen:\n${said}`);
    },

    cpuMilliseconds: () => cpuMilliseconds(child.pid),
    /** The most that was resident so far, and null for a process that was killed. */
    peakMegabytes: () => peakMegabytes(child),
    residentMegabytes: () => Number(execFileSync('ps', ['-o', 'rss=', '-p', child.pid])) / 1024,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Linux keeps it. */
function peakMegabytes({ pid, exitCode, signalCode }) {
  if (exitCode !== null || signalCode !== null) return null;
  const [, kibibytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return kibibytes ? Math.round(kibibytes / 1024) : null;
}

/** What all threads of a process have used so far; only Linux tells it finely enough. */
function cpuMilliseconds(pid) {
  if (process.platform !== 'linux') return Number.NaN;
  const used = (thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + used(thread), 0) / 1e6;
}

const agent = new Agent({ keepAlive: false });

/** One HTTP exchange; fetch would share the connections of processes that are gone. */
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
