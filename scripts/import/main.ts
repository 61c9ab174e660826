import { resolve } from 'node:path';
import { ApiError, SignedOut, Unreachable, type Wait } from '../../client/client.ts';
import { runCommand } from '../cli/command.mjs';
import { CliError } from '../cli/errors.mjs';
import { untilStopped } from '../process/signals.mjs';
import { type Archive, readArchive } from './archive.ts';
import { type ImportArgs, readArgs } from './args.ts';
import { createDisplay } from './display.ts';
import { type Likes, readLikes } from './likes.ts';
import { formatArchive } from './plan.ts';
import { runImport } from './run.ts';
import { signIn } from './signIn.ts';
import { refreshToken, tokenInFile } from './token.ts';

/** Longer than the 60 s after which Hosting ends a request. */
const TIMEOUT_MS = 70_000;
const MAX_ATTEMPTS = 8;
const TOO_MANY_REQUESTS = 429;
const STOPPED_EXIT_CODE = 130;
const CONTINUE = 'Run the same command again to continue.';

/** A path that the user typed: npm runs scripts in the project's folder, and INIT_CWD is the user's. */
const userPath = (path: string) => resolve(process.env.INIT_CWD ?? '', path);

async function importLikes(args: ImportArgs, signal: AbortSignal) {
  const archive = await readArchive(userPath(args.archive));
  const likes = readLikes(archive.files);
  const token = givenToken(args.tokenFile);
  if (args.isDryRun && token === undefined) return printArchive(archive, likes);

  await checkService(args.url, signal);

  const display = createDisplay();
  let lostAnswers = 0;
  const onWait = (wait: Wait) => {
    const { error } = wait;
    if (error instanceof Unreachable || error.status !== TOO_MANY_REQUESTS) lostAnswers += 1;
    display.waiting(wait);
  };
  const { client, signOut } = await signIn({
    settings: { baseUrl: args.url, timeoutMs: TIMEOUT_MS, attempts: MAX_ATTEMPTS, onWait },
    token,
    signal,
  });
  try {
    const service = { client, lostAnswers: () => lostAnswers };
    await runImport({ archive, likes, service, args, display, signal });
  } finally {
    await signOut();
  }
}

/** Throws unless the URL is a Tweet Capture service. Runs before the user types a password for it. */
async function checkService(url: string, signal: AbortSignal) {
  const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) };
  let health: unknown;
  try {
    const response = await fetch(`${url}/api/health`, { ...options, redirect: 'error' });
    health = await response.json().catch(() => null);
  } catch {
    signal.throwIfAborted();
    throw new CliError(
      `No service responds at ${url}. Is npm start running, or does --url need another value?`,
    );
  }
  const isOurs = typeof health === 'object' && health !== null && ('services' in health || 'code' in health);
  if (!isOurs) throw new CliError(`The service at ${url} is not Tweet Capture. Check --url.`);
}

function givenToken(file: string | undefined): string | undefined {
  if (file !== undefined) return tokenInFile(userPath(file));
  const { TWEET_CAPTURE_REFRESH_TOKEN: token } = process.env;
  return token ? refreshToken(token, 'TWEET_CAPTURE_REFRESH_TOKEN') : undefined;
}

/** A dry run without a sign-in. */
function printArchive(archive: Archive, likes: Likes) {
  console.log(`\n${formatArchive(archive, likes)}\n`);
  console.log('To see how many of them are stored, add a refresh token with --token-file.');
}

function toUserError(error: unknown): unknown {
  if (error instanceof SignedOut || error instanceof Unreachable)
    return new CliError(`${error.message} ${CONTINUE}`);
  if (!(error instanceof ApiError)) return error;
  return new CliError(`${error.message} (${error.code}, request ${error.requestId}) ${CONTINUE}`);
}

await runCommand('import', async (commandLine) => {
  const args = readArgs(commandLine);
  const stop = new AbortController();
  void untilStopped().then(() => stop.abort());
  try {
    return await importLikes(args, stop.signal);
  } catch (error) {
    // A prompt handles Ctrl-C itself.
    const isStopped = stop.signal.aborted || (error as Error).name === 'ExitPromptError';
    if (!isStopped) throw toUserError(error);
    console.log(`\nStopped. ${CONTINUE}`);
    return STOPPED_EXIT_CODE;
  }
});
