/**
 * Every command of package.json: the file that runs it, its arguments, and its help. The launcher reads this before
 * anything is installed.
 *
 * @type {Record<string, import('./args.mjs').Command>}
 */
export const COMMANDS = {
  start: {
    file: 'scripts/start.mjs',
    usage: 'npm start',
    text: 'Runs the whole service on this machine, on the Firebase emulators. Ctrl-C stops it.',
  },
  test: {
    file: 'scripts/test.mjs',
    usage: 'npm test -- [--all] [<options and files of mocha>]',
    text: `Checks the code and runs every test, on emulators of its own. With options or files for mocha, it runs the tests
that they select and skips the other checks.`,
    options: { all: { type: 'boolean', help: 'also runs the long tests, which check TEST_ALL' } },
    passesArgumentsOn: true,
    examples: [
      'npm test -- test/ports/tweets.test.ts',
      'npm test -- scripts/import/plan.test.ts',
      'npm test -- --grep outage',
    ],
  },
  verify: {
    file: 'scripts/verify.mjs',
    usage: 'npm run verify',
    text: 'Runs the quick checks, which need no emulator: format, lint, types, unit tests and contract tests.',
  },
  build: {
    file: 'scripts/build.mjs',
    usage: 'npm run build',
    text: `Checks the types of the functions, bundles them into functions/lib, and builds the site into public/. Creates
functions/.secret.local, the secrets of the local emulators, if it is missing.`,
  },
  openapi: {
    file: 'scripts/openapi.mjs',
    usage: 'npm run openapi',
    text: `Generates openapi.json, client/api.ts, docs/message.schema.json and the table of docs/configuration.md
from the code.`,
  },
  simulate: {
    file: 'functions/test/simulation/main.ts',
    usage: 'npm run simulate -- [options]',
    text: `Runs the real code through seeded days of faults, on simulated stores, clock and Pub/Sub. Without options it runs
10,000 seeds, starting at a random one.`,
    options: {
      seeds: { type: 'string', value: '<n>', help: 'runs n seeds' },
      from: { type: 'string', value: '<n>', help: 'starts at this seed' },
      seed: { type: 'string', value: '<n>', help: 'runs one seed and prints each step' },
      bug: {
        type: 'string',
        value: '<name>',
        help: 'plants a bug in the code, with any of the above; functions/test/simulation/README.md lists them',
      },
      bugs: { type: 'boolean', help: 'measures how many seeds it takes to find each bug' },
    },
  },
  bench: {
    file: 'bench/main.mjs',
    usage: 'npm run bench -- [--quick] [<part> ...]',
    text: `Compares the service with a minimal implementation and with common ones, and writes the results to docs/bench.
With parts, it measures only those and keeps the other results: cold, ablations, warm, memory.`,
    options: { quick: { type: 'boolean', help: 'measures less, in about 5 minutes' } },
    choices: ['cold', 'ablations', 'warm', 'memory'],
    maxArguments: 4,
  },
  admin: {
    file: 'scripts/admin.mjs',
    usage: 'npm run admin -- <command> [<argument>]',
    text: `Manages accounts and pauses parts of the service. Uses the project that GCLOUD_PROJECT or GOOGLE_CLOUD_PROJECT
names, or the default project of .firebaserc. With FIRESTORE_EMULATOR_HOST it uses that emulator, and for a
demo- project the emulator of npm start. For a real project it uses your Application Default Credentials:

  gcloud auth application-default login
  GCLOUD_PROJECT=<your project id> npm run admin -- disable me@example.com`,
    subcommands: {
      'create-user': {
        argument: '<email>',
        help: `creates an account, even while registration is closed; asks for its password,
or reads it from the first line of standard input`,
      },
      'grant-admin': { argument: '<email>', help: 'makes the account an admin' },
      disable: { argument: '<email>', help: 'signs the account out everywhere and rejects its sign-ins' },
      enable: { argument: '<email>', help: 'accepts its sign-ins again' },
      pause: {
        argument: '<part>',
        help: 'pauses captures, publishing or registration for everyone, within a minute',
      },
      resume: { argument: '<part>', help: 'ends the pause' },
      status: { help: 'shows which parts are paused' },
    },
    examples: [
      'npm run admin -- create-user me@example.com',
      "printf '%s\\n' 'Correct-horse-1' | npm run admin -- create-user me@example.com",
      'npm run admin -- grant-admin me@example.com',
      'npm run admin -- disable me@example.com',
      'npm run admin -- enable me@example.com',
      'npm run admin -- pause publishing',
      'npm run admin -- resume publishing',
      'npm run admin -- status',
    ],
  },
  import: {
    file: 'scripts/import/main.ts',
    usage: 'npm run import -- <archive> [options]',
    text: `Imports the likes of your X archive. <archive> is the .zip file from X, its unpacked folder, or its data/like.js
(together with the like-part1.js … beside it). The import prints a plan and asks before it starts. You can stop it
at any time; the same command continues where it stopped.`,
    options: {
      'dry-run': {
        type: 'boolean',
        default: false,
        help: 'prints the plan and exits; without a token, only the contents of the archive',
      },
      yes: { type: 'boolean', default: false, help: 'does not ask' },
      url: {
        type: 'string',
        value: '<url>',
        help: 'the service; by default the one of npm start',
      },
      'token-file': {
        type: 'string',
        value: '<file>',
        help: `signs in with the refresh token in a file; by default with the one in
TWEET_CAPTURE_REFRESH_TOKEN, or by asking for your e-mail address and password`,
      },
    },
    minArguments: 1,
    maxArguments: 1,
    examples: [
      'npm run import -- twitter-archive.zip --dry-run',
      'npm run import -- twitter-archive/data/like.js --url https://<your project id>.web.app',
    ],
  },
  'rotate-secret': {
    file: 'scripts/rotateSecret.mjs',
    usage: 'npm run rotate-secret -- [options]',
    text: `Gives the functions a new key for signing tokens, and signs nobody out. It first deploys the new key as
JWT_SECRET_KEY_PREVIOUS, so that every function accepts it, and then swaps the two keys. It prints its plan and
asks before it starts. You can stop it at any time; the same command continues from the state of Secret Manager and
the functions. Run it once more when every session of the old key has ended; it prints the date.

It uses the Firebase CLI, which needs a login: npx firebase login.`,
    options: {
      project: {
        type: 'string',
        value: '<id>',
        help: 'the project; by default the only real one in .firebaserc',
      },
      leaked: {
        type: 'boolean',
        default: false,
        help: 'drops a leaked key at once, which signs everyone out',
      },
      'dry-run': { type: 'boolean', default: false, help: 'prints the plan and exits' },
      yes: { type: 'boolean', default: false, help: 'does not ask' },
    },
  },
};
