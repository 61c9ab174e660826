import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { root } from '../project.mjs';

/** Each of these would point our tools at another emulator, project or account. */
const REMOVED = [
  'FIRESTORE_EMULATOR_HOST',
  'FIREBASE_FIRESTORE_EMULATOR_ADDRESS',
  'PUBSUB_EMULATOR_HOST',
  'FIREBASE_CONFIG',
  'GCLOUD_PROJECT',
  'GOOGLE_CLOUD_PROJECT',
  'GOOGLE_APPLICATION_CREDENTIALS',
];

/**
 * The environment of our tools, which work on this machine only. The project's own Node comes first in PATH.
 * @returns {NodeJS.ProcessEnv}
 */
export function environment(extra = {}) {
  const env = { ...process.env };
  for (const name of REMOVED) delete env[name];
  const direct = [env.NO_PROXY ?? env.no_proxy, 'localhost', '127.0.0.1'].filter(Boolean).join(',');
  return {
    ...env,
    PATH: join(root, 'node_modules/.bin') + delimiter + env.PATH,
    METADATA_SERVER_DETECTION: 'none',
    NO_UPDATE_NOTIFIER: '1',
    NO_PROXY: direct,
    no_proxy: direct,
    ...extra,
  };
}

/**
 * Runs a program to its end, without standard input. Returns its exit code and, with `quiet`, its output, which is
 * otherwise printed.
 */
export function run(program, args, { cwd = root, env = environment(), quiet = false } = {}) {
  return new Promise((resolve) => {
    const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'];
    const child = spawn(program, args, { cwd, env, stdio });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
