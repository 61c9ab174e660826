// Needs the project's own node: the functions' code is TypeScript.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createOperator } from '../../functions/src/accounts/operator.ts';
import { TUNING } from '../../functions/src/config.ts';
import { checkCredentials } from '../../functions/src/firebase/credentials.ts';
import { explained } from '../../functions/src/firebase/explained.ts';
import { openProject } from '../../functions/src/firebase/project.ts';
import { services } from '../../functions/src/services.ts';
import { askPassword } from './askPassword.mjs';
import { command, Failure } from './command.mjs';
import { functions } from './project.mjs';

const { GCLOUD_PROJECT: project, FIRESTORE_EMULATOR_HOST: emulator } = process.env;

/** The project's own parameters before the defaults: the first value stays. */
function loadParameters() {
  const files = [`.env.${project}`, '.env'].map((name) => join(functions, name));
  for (const file of files.filter(existsSync)) process.loadEnvFile(file);
}

/** The audit log's lines are the functions'; here only what went wrong is told. */
function log(severity, event, fields) {
  if (severity === 'ERROR') console.error(event, fields);
}

await command(async () => {
  const [name, argument] = process.argv.slice(2);
  try {
    loadParameters();
    const work = services();
    if (!emulator) {
      await checkCredentials(openProject(work.config.FIRESTORE_DATABASE), TUNING.operatorPatienceMs);
    }
    const operator = createOperator(work, log, TUNING.operatorPatienceMs);
    const verbs = {
      'create-user': () => operator.createUser(argument, askPassword),
      'grant-admin': () => operator.grantAdmin(argument),
      disable: () => operator.disable(argument),
      enable: () => operator.enable(argument),
      pause: () => operator.pause(argument),
      resume: () => operator.resume(argument),
      status: () => operator.status(),
    };
    console.log(await verbs[name]());
  } catch (error) {
    const words = explained(error, { project, emulator });
    throw words ? new Failure(words) : error;
  }
});
