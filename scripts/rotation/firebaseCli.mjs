import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../cli/errors.mjs';
import { firebaseCli, root } from '../project.mjs';
import { CURRENT, PREVIOUS } from './state.mjs';

/** The secrets and functions of a project, by the Firebase CLI. The values of secrets pass through pipes only. */
export function firebaseCliOf(project) {
  const call = async (args, options) => {
    const { code, output } = await runQuietly([...args, '--project', project], options);
    if (code === 0) return output;
    throw new CliError(`firebase ${args[0]} failed: ${reason(output)}. Fix the error and run this again.`);
  };
  const json = async (...args) => {
    const output = await call([...args, '--json']);
    return JSON.parse(output.slice(output.indexOf('{'))).result;
  };
  return {
    /** The CLI may print warnings before the value. */
    access: async (name, version) =>
      (await call(['functions:secrets:access', `${name}@${version}`])).trim().split('\n').at(-1),
    /** The newest first. */
    async versions(name) {
      const { secrets } = await json('functions:secrets:get', name);
      return secrets
        .sort((a, b) => Number(b.versionId) - Number(a.versionId))
        .map(({ versionId, state, createTime }) => ({
          version: versionId,
          isEnabled: state === 'ENABLED',
          createdAt: new Date(createTime),
        }));
    },
    // Without --non-interactive the CLI offers to redeploy the functions of this secret and to destroy its old versions.
    set: (name, value) =>
      call(['functions:secrets:set', name, '--data-file', '-', '--non-interactive'], { input: value }),
    /** The functions that use the secrets, with the versions that they were deployed with. */
    async functions() {
      const all = await json('functions:list');
      return all.map(toFunction).filter(({ versions }) => CURRENT in versions && PREVIOUS in versions);
    },
    /** Prints the CLI's output, and lets it ask. */
    async deploy() {
      const args = [firebaseCli, 'deploy', '--only', 'functions', '--project', project];
      const code = await exitCode(spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }));
      if (code === 0) return;
      throw new CliError('The deployment failed with the error above. Fix it and run this again.');
    },
  };
}

function toFunction({ id, state, secretEnvironmentVariables = [] }) {
  // A function whose update has failed may list the versions that the update would have set.
  const isUp = state === undefined || state === 'ACTIVE';
  const versions = secretEnvironmentVariables.map(({ secret, version }) => [
    secret.split('/').at(-1),
    isUp ? version : 'unknown',
  ]);
  return { name: id, versions: Object.fromEntries(versions) };
}

/**
 * Runs the CLI in a folder where firebase-debug.log is the null device: the CLI logs each request there with its body,
 * which may contain a secret.
 */
async function runQuietly(args, { input = '' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'rotation-'));
  try {
    symlinkSync(devNull, join(folder, 'firebase-debug.log'));
    const { DEBUG: _, ...env } = process.env; // it would print the log
    const child = spawn(process.execPath, [firebaseCli, ...args], {
      cwd: folder,
      env: { ...env, NO_UPDATE_NOTIFIER: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => {}); // the CLI ended without reading; its exit code is reported
    child.stdin.end(input);
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    const code = await exitCode(child);
    return { code, output: code === 0 ? output : `${output}\n${errors}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const exitCode = (child) =>
  new Promise((resolve) => {
    child.on('error', () => resolve(127)).on('close', (code) => resolve(code ?? 1));
  });

/** The reason of a failure, from JSON or plain output. */
const reason = (output) =>
  (
    /"error": "((?:[^"\\]|\\.)*)"/.exec(output)?.[1] ??
    /^Error: (.*)$/m.exec(output)?.[1] ??
    'no reason given'
  )
    .split('\\n')[0]
    .replace(/\.$/, '');
