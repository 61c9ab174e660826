import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { command } from './lib/command.mjs';
import { checkEmulator, environmentOf, operatorsPlace } from './lib/place.mjs';
import { root } from './lib/project.mjs';
import { setup } from './lib/setup.mjs';

const HELP = `npm run admin -- <command> [<argument>]

  create-user <email>   creates an account, also while registration is closed; asks for its password on a terminal,
                        else reads it as one line from standard input
  grant-admin <email>   makes the account an admin
  disable <email>       signs the account out everywhere, and lets it sign in no more
  enable <email>        lets it sign in again
  pause <what>          pauses captures, publishing or registration for everyone; effective within a minute
  resume <what>         ends the pause
  status                shows what is paused

Examples:

  npm run admin -- create-user me@example.com
  printf '%s\\n' 'Correct-horse-1' | npm run admin -- create-user me@example.com
  npm run admin -- grant-admin me@example.com
  npm run admin -- disable me@example.com
  npm run admin -- enable me@example.com
  npm run admin -- pause publishing
  npm run admin -- resume publishing
  npm run admin -- status

The project is the one that GCLOUD_PROJECT or GOOGLE_CLOUD_PROJECT names, else the default of .firebaserc. With
FIRESTORE_EMULATOR_HOST it is on that emulator, and a demo- project without it on the one of npm start. Any other
takes the Application Default Credentials of this machine:

  gcloud auth application-default login
  GCLOUD_PROJECT=<your project id> npm run admin -- disable me@example.com`;

/** Each with the number of its arguments. */
const COMMANDS = {
  'create-user': 1,
  'grant-admin': 1,
  disable: 1,
  enable: 1,
  pause: 1,
  resume: 1,
  status: 0,
};

/** Runs the operator's commands on the project's own node, which reads the functions' TypeScript as it is. */
await command(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return console.log(HELP);
  const [name, ...rest] = args;
  const isKnown = Object.hasOwn(COMMANDS, name ?? '') && rest.length === COMMANDS[name];
  if (!isKnown || rest.some((argument) => argument.startsWith('-'))) {
    console.error(HELP);
    return 2;
  }
  await setup();

  const place = operatorsPlace();
  const { project, emulator } = place;
  console.log(emulator ? `Project ${project} on the emulator at ${emulator}:` : `Project ${project}:`);
  if (emulator) await checkEmulator(emulator);
  const node = join(root, 'node_modules/.bin/node');
  const operate = join(root, 'scripts/lib/operate.mjs');
  const child = spawn(node, [operate, name, ...rest], { env: environmentOf(place), stdio: 'inherit' });
  const [code] = await once(child, 'close');
  return code ?? 1;
});
