import { defineSecret, defineString } from 'firebase-functions/params';
import { setGlobalOptions } from 'firebase-functions/v2/options';
import { PARAMETERS, readConfig } from '../../config/parameters.ts';
import { ALERT_SECRET, SIGNING_SECRETS } from '../../config/secrets.ts';

/** Per function. More can live for a moment while a new version takes over. It bounds the bill of a flood. */
export const MAX_INSTANCES = 3;

const parameters = Object.fromEntries(
  Object.entries(PARAMETERS).map(([name, { default: value, description }]) => [
    name,
    defineString(name, { default: value, description }),
  ]),
);

export const database = parameters.FIRESTORE_DATABASE as ReturnType<typeof defineString>;

/** For the functions that sign or check tokens; no other can read them. */
export const signingSecrets = SIGNING_SECRETS.map((name) => defineSecret(name));

/** For the function that sends alerts. */
export const alertSecret = defineSecret(ALERT_SECRET);

setGlobalOptions({
  region: parameters.REGION as ReturnType<typeof defineString>,
  memory: '256MiB',
  cpu: 1,
  maxInstances: MAX_INSTANCES,
});

/**
 * Prepares the process that serves the function `name`; discovery, and the processes of other functions, load
 * this code too and skip it. A bad parameter throws here, so that a deployment fails before it takes a request.
 */
export function whenServing(name: string, prepare: () => void = () => {}): void {
  if (process.env.FUNCTION_TARGET !== name) return;
  readConfig();
  prepare();
}
