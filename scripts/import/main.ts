import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ApiError, SignedOut, Unreachable, type Wait } from '../../client/client.ts';
import { command, Failure } from '../lib/command.mjs';
import { importOptions } from '../lib/importOptions.mjs';
import { untilSignal } from '../lib/signals.mjs';
import { readArchive } from './archive.ts';
import { createDisplay } from './display.ts';
import { readLikes } from './likes.ts';
import { runImport } from './run.ts';
import { signIn } from './signIn.ts';

/** Longer than Hosting waits for a function. */
const TIMEOUT_MS = 70_000;
const ATTEMPTS = 8;
const TOO_MANY = 429;
const GO_ON = 'Run the same command again to go on.';

/** npm runs scripts in the project's folder, and tells where its user is. */
const here = (path: string) => resolve(process.env.INIT_CWD ?? '', path);

async function main(signal: AbortSignal) {
  const options = importOptions(process.argv.slice(2));
  if (!options) return;
  const likes = readLikes(await readArchive(here(options.archive)));

  await checkAnswers(options.url, signal);

  const display = createDisplay();
  let answersLost = 0;
  const onWait = ({ seconds, error }: Wait) => {
    if (error instanceof Unreachable || error.status !== TOO_MANY) answersLost += 1;
    display.waiting(seconds);
  };
  const { client, leave } = await signIn({
    settings: { baseUrl: options.url, timeoutMs: TIMEOUT_MS, attempts: ATTEMPTS, onWait },
    token: options.tokenFile ? tokenIn(options.tokenFile) : process.env.TWEET_CAPTURE_REFRESH_TOKEN,
    signal,
  });
  try {
    const service = { client, answersLost: () => answersLost };
    await runImport({ likes, service, options, display, signal });
  } finally {
    await leave();
  }
}

/** Before anyone types a password, which a mistyped address must not get. */
async function checkAnswers(url: string, signal: AbortSignal) {
  const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) };
  let answer: unknown;
  try {
    const response = await fetch(`${url}/api/health`, { ...options, redirect: 'error' });
    answer = await response.json().catch(() => null);
  } catch {
    signal.throwIfAborted();
    throw new Failure(`Nothing answers at ${url}. Is npm start running, or --url another one?`);
  }
  const isOurs = typeof answer === 'object' && answer !== null && ('services' in answer || 'code' in answer);
  if (!isOurs) throw new Failure(`What answers at ${url} is not Tweet Capture. Is --url right?`);
}

function tokenIn(file: string) {
  try {
    return readFileSync(here(file), 'utf8').trim();
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** What the user can do something about, in one line. */
function explained(error: unknown): unknown {
  if (error instanceof SignedOut || error instanceof Unreachable)
    return new Failure(`${error.message} ${GO_ON}`);
  if (!(error instanceof ApiError)) return error;
  return new Failure(`${error.message} (${error.code}, request ${error.requestId}) ${GO_ON}`);
}

await command(async () => {
  const stop = new AbortController();
  void untilSignal().then(() => stop.abort());
  try {
    return await main(stop.signal);
  } catch (error) {
    // A prompt takes Ctrl-C for itself.
    const isStopped = stop.signal.aborted || (error as Error).name === 'ExitPromptError';
    if (!isStopped) throw explained(error);
    console.log(`\nStopped. ${GO_ON}`);
    return 130;
  }
});
