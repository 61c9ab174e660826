import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { CliError } from '../cli/errors.mjs';
import { environment } from '../process/run.mjs';
import { supervise } from '../process/supervise.mjs';
import { cache, firebaseCli, projectId, root } from '../project.mjs';

const FUNCTION_LOG = '>  ';
const NOISE = [
  /^\s*$/,
  /^\[hosting\] Rewriting/,
  /Loaded environment variables/,
  /^[┌├└│]|^ {2}Emulator Hub|^ {2}Other reserved|^Issues\?|^⚠ {2}emulators:/, // the table at the end of the start
];
const NOT_LOADED = 'Failed to load function definition from source: ';

/**
 * Starts the emulators by the Firebase CLI. Its output is kept, to explain a failure of the start; after `print(true)` it
 * is printed instead.
 */
export function startFirebase(emulators) {
  mkdirSync(cache, { recursive: true }); // the CLI writes its log files to its working directory
  const config = join(root, 'firebase.json');
  const args = [firebaseCli, 'emulators:start', '--project', projectId(), '--config', config];
  args.push('--only', 'functions,firestore,pubsub,hosting', '--log-verbosity', 'QUIET', '--non-interactive');
  const { child, ended, stop } = supervise('node', args, { cwd: cache, env: environment(emulators) });

  let isPrinting = false;
  const kept = [];
  const ready = Promise.withResolvers();
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (colored) => {
      const line = stripVTControlCharacters(colored);
      if (line.includes('All emulators ready')) ready.resolve();
      if (NOISE.some((pattern) => pattern.test(line))) return;
      if (!isPrinting) kept.push(line);
      else console.log(line.startsWith(FUNCTION_LOG) ? line.slice(FUNCTION_LOG.length) : line);
    });
  }

  /** Waits until all emulators run. Throws if they run without the functions. */
  async function loaded() {
    await ready.promise;
    const index = kept.findIndex((line) => line.includes(NOT_LOADED));
    if (index < 0) return;
    const cause = kept.slice(0, index).findLast((line) => /^\w*Error: /.test(line));
    const reason = cause ?? kept[index].split(NOT_LOADED)[1];
    throw new CliError(`The functions could not be loaded (${reason}). Fix the error and run this again.`);
  }

  /** Never resolves. Throws when the emulators end before `stop()`. */
  async function failure() {
    await ended;
    const reason = kept.findLast((line) => /^Error:/.test(line)) ?? 'no reason given';
    throw new CliError(
      `The emulators stopped unexpectedly (${reason}). See .cache/firebase-debug.log and run this again.`,
    );
  }

  const print = (isOn) => {
    isPrinting = isOn;
    kept.length = 0;
  };
  return { loaded, failure, print, stop };
}
