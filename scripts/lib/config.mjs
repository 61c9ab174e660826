import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Failure } from './command.mjs';
import { functions, projectId, root } from './project.mjs';
import { run } from './run.mjs';

/** Files that the emulators read parameters from; the last one that sets a parameter counts. */
export const parameterFiles = () => existing('.env', `.env.${projectId()}`, '.env.local');
export const secretFiles = () => existing('.secret.local');

const existing = (...names) => names.map((name) => join(functions, name)).filter(existsSync);

export const settingsIn = (files) =>
  Object.assign({}, ...files.map((file) => parseEnv(readFileSync(file, 'utf8'))));

/** Fails if a parameter or a secret is not valid: the emulators would only say so in a log, for each request. */
export async function checkConfig() {
  const { code, output } = await run('node', [join(root, 'scripts/lib/checkConfig.mjs')], { quiet: true });
  if (code !== 0) throw new Failure(output.trim());
}
