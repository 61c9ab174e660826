import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { command } from './lib/command.mjs';
import { checkEmulator, environmentOf, operatorsPlace } from './lib/place.mjs';
import { root } from './lib/project.mjs';
import { setup } from './lib/setup.mjs';

const HELP = `npm run admin -- <command> <email>

  create-user   creates an account, also while registration is closed; asks for its password on a terminal,
                else reads it as one line from standard input
  grant-admin   makes the account an admin
  disable       signs the account out everywhere, and lets it sign in no more
  enable        lets it sign in again

Examples:

  npm run admin -- create-user me@example.com
  printf '%s\\n' 'Correct-horse-1' | npm run admin -- create-user me@example.com
  npm run admin -- grant-admin me@example.com
  npm run admin -- disable me@example.com
  npm run admin -- enable me@example.com

The project is the one that GCLOUD_PROJECT or GOOGLE_CLOUD_PROJECT names, else the default of .firebaserc. With
FIRESTORE_EMULATOR_HOST it is on that emulator, and a demo- project without it on the one of npm start. Any other
takes the Application Default Credentials of this machine:

  gcloud auth application-default login
  GCLOUD_PROJECT=<your project id> npm run admin -- disable me@example.com`;

const COMMANDS = ['create-user', 'grant-admin', 'disable', 'enable'];

/** Runs the operator's commands on the project's own node, which reads the functions' TypeScript as it is. */
await command(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return console.log(HELP);
  const [name, email] = args;
  if (!COMMANDS.includes(name) || args.length !== 2 || email.startsWith('-')) {
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
  const child = spawn(node, [operate, name, email], { env: environmentOf(place), stdio: 'inherit' });
  const [code] = await once(child, 'close');
  return code ?? 1;
});
