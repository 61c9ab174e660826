import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { Failure } from './command.mjs';
import { keep } from './keep.mjs';
import { cache, firebaseCli, projectId, root } from './project.mjs';
import { environment } from './run.mjs';

const FUNCTION_LOG = '>  ';
const NOISE = [
  /^\s*$/,
  /^\[hosting\] Rewriting/,
  /Loaded environment variables/,
  /^[┌├└│]|^ {2}Emulator Hub|^ {2}Other reserved|^Issues\?|^⚠ {2}emulators:/, // the overview that ends the start
];
const NOT_LOADED = 'Failed to load function definition from source: ';

/** Starts the firebase CLI with its emulators. What it says is held back until `show()`, and only told if it fails. */
export function startFirebase(emulators) {
  mkdirSync(cache, { recursive: true }); // the CLI leaves its log files where it runs
  const args = [firebaseCli, 'emulators:start', '--project', projectId()];
  args.push(
    '--config',
    join(root, 'firebase.json'),
    '--only',
    'functions,firestore,pubsub,hosting',
    '--log-verbosity',
    'QUIET',
    '--non-interactive',
  );
  const { child, ended, stop } = keep('node', args, { cwd: cache, env: environment(emulators) });

  let shown = false;
  const said = [];
  let allReady;
  const ready = new Promise((resolve) => {
    allReady = resolve;
  });
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (colored) => {
      const line = stripVTControlCharacters(colored);
      if (line.includes('All emulators ready')) allReady();
      if (NOISE.some((pattern) => pattern.test(line))) return;
      if (!shown) said.push(line);
      else console.log(line.startsWith(FUNCTION_LOG) ? line.slice(FUNCTION_LOG.length) : line);
    });
  }

  /** Waits until all emulators run; throws when they do so without the functions. */
  async function loaded() {
    await ready;
    const index = said.findIndex((line) => line.includes(NOT_LOADED));
    if (index < 0) return;
    const cause = said.slice(0, index).findLast((line) => /^\w*Error: /.test(line));
    const reason = cause ?? said[index].split(NOT_LOADED)[1];
    throw new Failure(`The functions could not be loaded (${reason}). Mend that and run this again.`);
  }

  /** Never resolves; throws when the CLI ends without having been told to. */
  async function failure() {
    await ended;
    const reason = said.findLast((line) => /^Error:/.test(line)) ?? 'no reason given';
    throw new Failure(
      `The emulators ended by themselves (${reason}). See .cache/firebase-debug.log and run this again.`,
    );
  }

  const show = (on) => {
    shown = on;
    said.length = 0;
  };
  return { loaded, failure, show, stop };
}
