import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { askPassword } from './admin/askPassword.mjs';
import { checkEmulator, findTarget, selectTarget } from './admin/target.mjs';
import { runCommand } from './cli/command.mjs';
import { CliError } from './cli/errors.mjs';
import { functions } from './project.mjs';

/** Sets the parameters of the project, or else their defaults in .env: loadEnvFile keeps the first value of a name. */
function loadParameters(project) {
  const files = [`.env.${project}`, '.env'].map((name) => join(functions, name));
  for (const file of files.filter(existsSync)) process.loadEnvFile(file);
}

/** Prints errors only: the other entries belong to the audit log. */
function log(severity, event, fields) {
  if (severity === 'ERROR') console.error(event, fields);
}

async function runSubcommand(name, argument, { emulator }) {
  // Loaded here, since these modules read the environment.
  const { createOperator, DATABASE_TIMEOUT_MS } = await import('../functions/tools/operator/operator.ts');
  const { checkCredentials } = await import('../functions/tools/operator/credentials.ts');
  const { openProject } = await import('../functions/src/platform/firestore/project.ts');
  const { services } = await import('../functions/src/app/services.ts');

  const work = services();
  if (!emulator) {
    await checkCredentials(openProject(work.config.FIRESTORE_DATABASE), DATABASE_TIMEOUT_MS);
  }
  const operator = createOperator(work, log, DATABASE_TIMEOUT_MS);
  const subcommands = {
    'create-user': () => operator.createUser(argument, askPassword),
    'grant-admin': () => operator.grantAdmin(argument),
    disable: () => operator.disable(argument),
    enable: () => operator.enable(argument),
    pause: () => operator.pause(argument),
    resume: () => operator.resume(argument),
    status: () => operator.status(),
  };
  return await subcommands[name]();
}

await runCommand('admin', async ({ arguments: [name, argument] }) => {
  const target = findTarget();
  const { project, emulator } = target;
  console.log(emulator ? `Project ${project} on the emulator at ${emulator}:` : `Project ${project}:`);
  if (emulator) await checkEmulator(emulator);
  selectTarget(target);
  loadParameters(project);
  try {
    console.log(await runSubcommand(name, argument, target));
  } catch (error) {
    const { describeError: explained } = await import('../functions/tools/operator/describeError.ts');
    const message = explained(error, target);
    throw message ? new CliError(message) : error;
  }
});
