import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Failure } from './command.mjs';
import { progress } from './progress.mjs';
import { cache, consumer, root } from './project.mjs';
import { environment, run } from './run.mjs';

/** The first with util.parseEnv, and with the parentPath of a Dirent. */
export const OLDEST_NODE = '20.12';

/**
 * Makes a fresh clone ready to work: checks Node, and installs what is missing or not what the lock file says; with
 * `examples`, also what the examples need, which checks and tests run.
 */
export async function setup({ examples = false } = {}) {
  if (process.versions.node.localeCompare(OLDEST_NODE, 'en', { numeric: true }) < 0) {
    throw new Failure(
      `Node ${process.versions.node} is too old. Install version ${OLDEST_NODE} or newer, and run this again.`,
    );
  }
  await install(root, 'tools');
  await install(join(root, 'functions'), "functions' packages");
  if (examples) await install(consumer, "example's packages");
  if (!existsSync(join(root, 'node_modules/.bin/node'))) {
    throw new Failure(
      'The node package came without its node, since npm may not run install scripts. ' +
        'Run npm rebuild node --ignore-scripts=false, and then this again.',
    );
  }
}

/** Installs what a folder's lock file says, unless that is there already. */
export async function install(folder, what) {
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  const stamp = join(folder, 'node_modules/.installed-from');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;

  const options = { cwd: folder, env: environment({ NODE_ENV: 'development' }), quiet: true };
  const { code, output } = await progress(`Installing the ${what} (about a minute the first time)`, () =>
    run('npm', ['ci', '--no-audit', '--no-fund'], options),
  );
  if (code !== 0) throw new Failure(`npm ci failed: ${reason(output)}. ${logged(output)}`);
  writeFileSync(stamp, lock);
}

const reason = (output) =>
  /^npm (?:error|ERR!) (?!code|errno|syscall)(.*)$/m.exec(output)?.[1].replace(/\.$/, '') ??
  'no reason given';

function logged(output) {
  const log = join(cache, 'npm-ci.log');
  mkdirSync(cache, { recursive: true });
  writeFileSync(log, output);
  return `Check the network and ${relative(root, log)}, and run this again.`;
}
