import { CliError } from '../cli/errors.mjs';
import { environment } from '../process/run.mjs';
import { ports, projectId } from '../project.mjs';

const TIMEOUT_MS = 5000;

/** The project that the commands work on, and the address of its Firestore emulator if it is not a real project. */
export function findTarget() {
  const { GCLOUD_PROJECT, GOOGLE_CLOUD_PROJECT, FIRESTORE_EMULATOR_HOST } = process.env;
  const project = GCLOUD_PROJECT || GOOGLE_CLOUD_PROJECT || projectId();
  // A demo- project exists only in emulators.
  const local = project.startsWith('demo-') ? `127.0.0.1:${ports().firestore}` : undefined;
  return { project, emulator: FIRESTORE_EMULATOR_HOST || local };
}

/** Points Google's libraries in this process at the target. Call it before they are loaded. */
export function selectTarget({ project, emulator }) {
  const names = { GCLOUD_PROJECT: project, GOOGLE_CLOUD_PROJECT: project };
  const env = emulator ? environment({ FIRESTORE_EMULATOR_HOST: emulator }) : { ...process.env };
  delete env.FIREBASE_CONFIG; // it can name another project
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env, names);
}

/** Throws if the emulator does not respond. Google's client would retry for minutes. */
export async function checkEmulator(emulator) {
  try {
    await fetch(`http://${emulator}/`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    throw new CliError(`No Firestore emulator responds at ${emulator}. Is npm start running?`);
  }
}
