import { Failure } from './command.mjs';
import { ports, projectId } from './project.mjs';
import { environment } from './run.mjs';

/** Where the operator works: a project, and the Firestore emulator where it is not the real one. */
export function operatorsPlace() {
  const { GCLOUD_PROJECT, GOOGLE_CLOUD_PROJECT, FIRESTORE_EMULATOR_HOST } = process.env;
  const project = GCLOUD_PROJECT || GOOGLE_CLOUD_PROJECT || projectId();
  // A demo- project exists on no server.
  const local = project.startsWith('demo-') ? `127.0.0.1:${ports().firestore}` : undefined;
  return { project, emulator: FIRESTORE_EMULATOR_HOST || local };
}

/** The environment that makes Google's libraries work there. */
export function environmentOf({ project, emulator }) {
  const named = { GCLOUD_PROJECT: project, GOOGLE_CLOUD_PROJECT: project };
  if (emulator) return environment({ ...named, FIRESTORE_EMULATOR_HOST: emulator });
  const { FIREBASE_CONFIG: _, ...env } = process.env; // it can name another project
  return { ...env, ...named };
}

/** The client would go on trying for minutes. */
export async function checkEmulator(emulator) {
  try {
    await fetch(`http://${emulator}/`, { signal: AbortSignal.timeout(5000) });
  } catch {
    throw new Failure(`No Firestore emulator answers at ${emulator}. Is npm start running?`);
  }
}
