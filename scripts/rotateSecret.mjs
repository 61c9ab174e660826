import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { runCommand } from './cli/command.mjs';
import { CliError } from './cli/errors.mjs';
import { functions, root } from './project.mjs';
import { firebaseCliOf } from './rotation/firebaseCli.mjs';
import { rotate } from './rotation/rotate.mjs';

/** The only real project of .firebaserc. A demo- project exists only in emulators. */
function onlyProject() {
  const { projects } = JSON.parse(readFileSync(join(root, '.firebaserc'), 'utf8'));
  const [project, ...others] = new Set(Object.values(projects).filter((id) => !id.startsWith('demo-')));
  if (project && others.length === 0) return project;
  throw new CliError('.firebaserc does not name exactly one real project. Name yours with --project <id>.');
}

function sessionDays(project) {
  const files = ['.env', `.env.${project}`].map((name) => join(functions, name)).filter(existsSync);
  const settings = files.map((file) => parseEnv(readFileSync(file, 'utf8')));
  return Number(Object.assign({}, ...settings).REFRESH_TOKEN_EXPIRE_DAYS);
}

async function confirm() {
  if (!process.stdin.isTTY) throw new CliError('There is no terminal to ask for confirmation. Add --yes.');
  const { default: ask } = await import('@inquirer/confirm');
  return await ask({ message: 'Continue?', default: false });
}

await runCommand(
  'rotate-secret',
  async ({ project = onlyProject(), leaked: isLeaked, yes, 'dry-run': isDryRun }) => {
    await rotate({
      cli: firebaseCliOf(project),
      sessionDays: sessionDays(project),
      isLeaked,
      isDryRun,
      confirm: yes ? () => true : confirm,
      print: console.log,
      now: () => new Date(),
    });
  },
);
