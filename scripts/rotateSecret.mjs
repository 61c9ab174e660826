import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { command } from './lib/command.mjs';
import { functions, root } from './lib/project.mjs';

const HELP = `npm run rotate-secret [-- <project id>]

Prints the commands that give JWT_SECRET_KEY a new value without logging anyone out, and runs none of them.
Without a project id they are for the one real project that .firebaserc names.`;

/** The project of .firebaserc where there is no choice; a demo- project exists on this machine only. */
function onlyProject() {
  const { projects } = JSON.parse(readFileSync(join(root, '.firebaserc'), 'utf8'));
  const real = Object.values(projects).filter((id) => !id.startsWith('demo-'));
  return real.length === 1 ? real[0] : undefined;
}

function sessionDays(project) {
  const files = ['.env', `.env.${project}`].map((name) => join(functions, name)).filter(existsSync);
  const settings = files.map((file) => parseEnv(readFileSync(file, 'utf8')));
  return Object.assign({}, ...settings).REFRESH_TOKEN_EXPIRE_DAYS;
}

// Setting a secret does not wait for a slow pipe, and reading one may print warnings before the value.
const steps = (project, days) => `
To give JWT_SECRET_KEY a new value without logging anyone out, paste this into a shell in the project's folder, each
step once the one before has worked. If the key has leaked, take steps 2 and 4 only, at once: that signs everybody out.

1. Keep the old key for what it has signed.

  OLD=$(npx firebase functions:secrets:access JWT_SECRET_KEY --project ${project}) &&
    printf %s "$OLD" | tail -n 1 |
    npx firebase functions:secrets:set JWT_SECRET_KEY_PREVIOUS --data-file - --project ${project}

2. Make a new one.

  openssl rand -base64 48 | npx firebase functions:secrets:set JWT_SECRET_KEY --data-file - --project ${project}

3. Bring both out. A function that does not have them yet can refuse a new token for as long.

  npx firebase deploy --only functions --project ${project}

4. Forget the old one ${days} days later (REFRESH_TOKEN_EXPIRE_DAYS), when no session is left that it signed, and not
   before; do not rotate again until then.

  printf none | npx firebase functions:secrets:set JWT_SECRET_KEY_PREVIOUS --data-file - --project ${project}
  npx firebase deploy --only functions --project ${project}
`;

await command(() => {
  const [project = onlyProject()] = process.argv.slice(2);
  if (project?.startsWith('-')) console.log(HELP);
  else console.log(steps(project ?? '<your project id>', sessionDays(project)));
});
