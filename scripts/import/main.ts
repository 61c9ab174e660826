import { resolve } from 'node:path';
import { ApiError, SignedOut, Unreachable, type Wait } from '../../client/client.ts';
import { command, Failure } from '../lib/command.mjs';
import { importOptions } from '../lib/importOptions.mjs';
import { untilSignal } from '../lib/signals.mjs';
import { type Archive, readArchive } from './archive.ts';
import { createDisplay } from './display.ts';
import { type Likes, readLikes } from './likes.ts';
import { archiveInWords } from './plan.ts';
import { runImport } from './run.ts';
import { signIn } from './signIn.ts';
import { refreshToken, tokenInFile } from './token.ts';

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
  const archive = await readArchive(here(options.archive));
  const likes = readLikes(archive.files);
  const token = givenToken(options.tokenFile);
  if (options.dryRun && token === undefined) return tellArchive(archive, likes);

  await checkAnswers(options.url, signal);

  const display = createDisplay();
  let answersLost = 0;
  const onWait = (wait: Wait) => {
    const { error } = wait;
    if (error instanceof Unreachable || error.status !== TOO_MANY) answersLost += 1;
    display.waiting(wait);
  };
  const { client, leave } = await signIn({
    settings: { baseUrl: options.url, timeoutMs: TIMEOUT_MS, attempts: ATTEMPTS, onWait },
    token,
    signal,
  });
  try {
    const service = { client, answersLost: () => answersLost };
    await runImport({ archive, likes, service, options, display, signal });
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

function givenToken(file: string | undefined): string | undefined {
  if (file !== undefined) return tokenInFile(here(file));
  const { TWEET_CAPTURE_REFRESH_TOKEN: token } = process.env;
  return token ? refreshToken(token, 'TWEET_CAPTURE_REFRESH_TOKEN') : undefined;
}

/** A dry run that nobody signs in for. */
function tellArchive(archive: Archive, likes: Likes) {
  console.log(`\n${archiveInWords(archive, likes)}\n`);
  console.log(
    'How many of them are stored already, the service tells: give a refresh token as well (--token-file).',
  );
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
