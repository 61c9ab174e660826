import { defineSecret, defineString } from 'firebase-functions/params';
import { setGlobalOptions } from 'firebase-functions/v2/options';
import { ALERT_SECRET, PARAMETERS, readConfig, SIGNING_SECRETS, TUNING } from '../config.ts';
import { namingSources } from '../sourceStack.ts';

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
  maxInstances: TUNING.maxInstances,
});

/**
 * Prepares the process that serves the function `name`; discovery, and the processes of other functions, load
 * this code too and skip it. A bad parameter throws here, so that a deployment fails before it takes a request.
 */
export function whenServing(name: string, prepare: () => void = () => {}): void {
  if (process.env.FUNCTION_TARGET !== name) return;
  readConfig();
  prepare();
  // Comes before whoever prints the error and ends the process.
  process.on('uncaughtExceptionMonitor', namingSources);
}
