import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { command, Failure } from './lib/command.mjs';
import { functions, root } from './lib/project.mjs';
import { cliOf } from './lib/rotation/firebaseCli.mjs';
import { rotate } from './lib/rotation/rotate.mjs';

const help = `npm run rotate-secret -- [options]

Gives the functions a new key to sign tokens with, and signs nobody out: it deploys the new key as JWT_SECRET_KEY_PREVIOUS
first, which every function then verifies, and swaps the two afterwards. It tells what it will do, and asks. It may be
stopped at any time, and the same command goes on from what Secret Manager and the functions hold. Run it once more
when every session of the old key is over; it says when.

  --project <id>  the project; without it the one real project that .firebaserc names
  --leaked        the key has leaked: drops it at once, which signs everyone out
  --dry-run       reads where the rotation is, tells what it would do, and ends
  --yes           does not ask
  -h, --help      prints this

It uses the Firebase CLI, and needs its login: npx firebase login.`;

/** The project of .firebaserc if there is no choice; a demo- project exists on this machine only. */
function onlyProject() {
  const { projects } = JSON.parse(readFileSync(join(root, '.firebaserc'), 'utf8'));
  const [project, ...others] = new Set(Object.values(projects).filter((id) => !id.startsWith('demo-')));
  if (project && others.length === 0) return project;
  throw new Failure('.firebaserc does not name one real project. Name yours: --project <id>.');
}

function sessionDays(project) {
  const files = ['.env', `.env.${project}`].map((name) => join(functions, name)).filter(existsSync);
  const settings = files.map((file) => parseEnv(readFileSync(file, 'utf8')));
  return Number(Object.assign({}, ...settings).REFRESH_TOKEN_EXPIRE_DAYS);
}

async function agree() {
  if (!process.stdin.isTTY) throw new Failure('There is no terminal to ask at. Add --yes to go on.');
  const { default: confirm } = await import('@inquirer/confirm');
  return await confirm({ message: 'Go on?', default: false });
}

await command(
  async ({ project = onlyProject(), leaked, yes, 'dry-run': dryRun }) => {
    await rotate({
      cli: cliOf(project),
      sessionDays: sessionDays(project),
      leaked,
      dryRun,
      agree: yes ? () => true : agree,
      tell: console.log,
      now: () => new Date(),
    });
  },
  {
    help,
    options: {
      project: { type: 'string' },
      leaked: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
    },
  },
);
