import { commandLine, UsageError } from './command.mjs';
import { ports } from './project.mjs';

export const HELP = `npm run import -- <archive> [options]

Imports the likes of your X archive. <archive> is the .zip that X gave you, its folder, or its data/like.js (then also
the like-part1.js … beside it). It tells first what it would do, and asks; it may be stopped at any time, and the same
command goes on where it stopped.

  --dry-run            prints the plan and ends; without a token, only what the archive shows
  --yes                does not ask
  --url <url>          where the service is; without it the one of npm start, ${localUrl()}
  --token-file <file>  signs in by the refresh token in a file, else by the one in TWEET_CAPTURE_REFRESH_TOKEN;
                       without either it asks for your e-mail address and password
  -h, --help           prints this

Examples:

  npm run import -- twitter-archive.zip --dry-run
  npm run import -- twitter-archive/data/like.js --url https://<your project id>.web.app`;

const OPTIONS = /** @type {const} */ ({
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  url: { type: 'string' },
  'token-file': { type: 'string' },
});

/** The options of the import, or null if the command line asks for help. Fails with UsageError. */
export function importOptions(args) {
  const values = commandLine({ options: OPTIONS, most: 1 }, args);
  if (values === null) return null;
  const [archive] = values.arguments;
  if (archive === undefined)
    throw new UsageError('Name an archive: npm run import -- <archive>. --help says more.');
  return {
    archive,
    dryRun: values['dry-run'],
    yes: values.yes,
    url: checkedUrl(values.url ?? localUrl()),
    tokenFile: values['token-file'],
  };
}

function localUrl() {
  return `http://127.0.0.1:${ports().hosting}`;
}

const LOCAL = ['127.0.0.1', 'localhost', '[::1]'];

/** A password does not travel in the clear. */
function checkedUrl(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOCAL.includes(url.hostname));
  if (!isSafe)
    throw new UsageError(`--url takes an https: URL, or an http: one of this machine, not ${text}`);
  return url.origin;
}
