import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { environment, run } from '../process/run.mjs';
import { cache, functions, node, root } from '../project.mjs';
import { CliError } from './errors.mjs';
import { progress } from './progress.mjs';

export const OLDEST_NODE = '20.19';

/** Makes a fresh clone ready: checks Node, and installs the packages that are missing or differ from the lock files. */
export async function setup() {
  if (process.versions.node.localeCompare(OLDEST_NODE, 'en', { numeric: true }) < 0) {
    throw new CliError(
      `Node ${process.versions.node} is too old. Install version ${OLDEST_NODE} or newer, and run this again.`,
    );
  }
  await install(root, 'tools');
  await install(functions, "functions' packages");
  if (existsSync(node)) return;
  throw new CliError(
    'The npm package node contains no Node, since npm may not run install scripts. ' +
      'Run npm rebuild node --ignore-scripts=false, and then this again.',
  );
}

/** Runs npm ci, unless the packages come from the current lock file. */
async function install(folder, packages) {
  const lock = readFileSync(join(folder, 'package-lock.json'));
  const installed = join(folder, 'node_modules/.installed-lock.json');
  if (existsSync(installed) && readFileSync(installed).equals(lock)) return;

  const options = { cwd: folder, env: environment({ NODE_ENV: 'development' }), quiet: true };
  const { code, output } = await progress(`Installing the ${packages} (about a minute the first time)`, () =>
    run('npm', ['ci', '--no-audit', '--no-fund'], options),
  );
  if (code === 0) return writeFileSync(installed, lock);
  const log = join(cache, 'npm-ci.log');
  mkdirSync(cache, { recursive: true });
  writeFileSync(log, output);
  const reason = /^npm (?:error|ERR!) (?!code|errno|syscall)(.*)$/m.exec(output)?.[1] ?? 'no reason given';
  throw new CliError(
    `npm ci failed: ${reason.replace(/\.$/, '')}. Check the network and ${relative(root, log)}, and run this again.`,
  );
}
