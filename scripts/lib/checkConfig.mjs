// Runs on the project's own node, which reads the functions' TypeScript as it is.
import { relative } from 'node:path';
import { readAlertUrl, readConfig, readSecrets } from '../../functions/src/config.ts';
import { command, Failure } from './command.mjs';
import { parameterFiles, secretFiles, settingsIn } from './config.mjs';
import { root } from './project.mjs';

await command(() => {
  check(parameterFiles(), readConfig);
  check(secretFiles(), (env) => {
    readSecrets({ JWT_SECRET_KEY: 'the build creates it if it is missing', ...env });
    readAlertUrl(env);
  });
});

function check(files, read) {
  try {
    read(settingsIn(files));
  } catch (error) {
    if (error.name !== 'ConfigError') throw error;
    const names = files.map((file) => relative(root, file)).join(' or ');
    throw new Failure(`${error.message}. Mend it in ${names}, and run this again.`);
  }
}
