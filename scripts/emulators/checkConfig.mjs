import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseEnv } from 'node:util';
import { readConfig } from '../../functions/src/config/parameters.ts';
import { readAlertUrl, readSecrets } from '../../functions/src/config/secrets.ts';
import { CliError } from '../cli/errors.mjs';
import { functions, projectId, root } from '../project.mjs';

/** Throws if a parameter or a secret is not valid. The emulators would only log it, for each request. */
export function checkConfig() {
  check(['.env', `.env.${projectId()}`, '.env.local'], readConfig);
  check(['.secret.local'], (secrets) => {
    readSecrets({ JWT_SECRET_KEY: 'the build creates it if it is missing', ...secrets });
    readAlertUrl(secrets);
  });
}

/** Reads the files that exist, as the emulators do: the last one that sets a name counts. */
function check(names, read) {
  const files = names.map((name) => join(functions, name)).filter(existsSync);
  try {
    read(Object.assign({}, ...files.map((file) => parseEnv(readFileSync(file, 'utf8')))));
  } catch (error) {
    if (error.name !== 'ConfigError') throw error;
    const paths = files.map((file) => relative(root, file)).join(' or ');
    throw new CliError(`${error.message}. Fix it in ${paths}, and run this again.`);
  }
}
