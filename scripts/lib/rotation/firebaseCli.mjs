import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../command.mjs';
import { firebaseCli, root } from '../project.mjs';
import { CURRENT, PREVIOUS } from './state.mjs';

/** The secrets and functions of a project, by the Firebase CLI. A value goes through pipes only. */
export function cliOf(project) {
  const call = async (args, options) => {
    const { code, output } = await runQuietly([...args, '--project', project], options);
    if (code === 0) return output;
    throw new Failure(`firebase ${args[0]} failed: ${reason(output)}. Mend that and run this again.`);
  };
  const json = async (...args) => {
    const output = await call([...args, '--json']);
    return JSON.parse(output.slice(output.indexOf('{'))).result;
  };
  return {
    /** Reading may print warnings before the value. */
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
    // Interactively the CLI would offer to update the functions of this one secret, and destroy its old versions.
    set: (name, value) =>
      call(['functions:secrets:set', name, '--data-file', '-', '--non-interactive'], { input: value }),
    /** Those that hold the secrets, with the versions that they were deployed with. */
    async functions() {
      const all = await json('functions:list');
      return all.map(toHolder).filter(({ versions }) => CURRENT in versions && PREVIOUS in versions);
    },
    /** Shows what the CLI says, and lets it ask. */
    async deploy() {
      const args = [firebaseCli, 'deploy', '--only', 'functions', '--project', project];
      const code = await ended(spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }));
      if (code === 0) return;
      throw new Failure('The deployment failed, and says why above. Mend that and run this again.');
    },
  };
}

function toHolder({ id, state, secretEnvironmentVariables = [] }) {
  // A function whose update failed can show what it was to become.
  const isUp = state === undefined || state === 'ACTIVE';
  const versions = secretEnvironmentVariables.map(({ secret, version }) => [
    secret.split('/').at(-1),
    isUp ? version : 'unknown',
  ]);
  return { name: id, versions: Object.fromEntries(versions) };
}

/**
 * The CLI logs each request with its body to firebase-debug.log where it runs, and a secret is part of one. So it runs
 * in a folder of its own, where that file is the null device.
 */
async function runQuietly(args, { input = '' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'rotation-'));
  try {
    symlinkSync(devNull, join(folder, 'firebase-debug.log'));
    const { DEBUG: _, ...env } = process.env; // with it the CLI prints what it logs
    const child = spawn(process.execPath, [firebaseCli, ...args], {
      cwd: folder,
      env: { ...env, NO_UPDATE_NOTIFIER: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => {}); // it ended without reading; its exit code tells
    child.stdin.end(input);
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    const code = await ended(child);
    return { code, output: code === 0 ? output : `${output}\n${errors}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ended = (child) =>
  new Promise((resolve) => {
    child.on('error', () => resolve(127)).on('close', (code) => resolve(code ?? 1));
  });

/** Of an answer as JSON or as text. */
const reason = (output) =>
  (
    /"error": "((?:[^"\\]|\\.)*)"/.exec(output)?.[1] ??
    /^Error: (.*)$/m.exec(output)?.[1] ??
    'no reason given'
  )
    .split('\\n')[0]
    .replace(/\.$/, '');
