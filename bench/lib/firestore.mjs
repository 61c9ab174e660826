import { createRequire } from 'node:module';
import { Failure } from '../../scripts/lib/command.mjs';
import { functions } from '../../scripts/lib/project.mjs';
import { PROJECT } from './emulators.mjs';

const { Firestore, Timestamp } = createRequire(`${functions}/package.json`)('@google-cloud/firestore');

export { Timestamp };

/** Deletes all that is in the emulator, accounts, too. */
export async function emptyFirestore() {
  const { FIRESTORE_EMULATOR_HOST: host } = process.env;
  const all = `http://${host}/emulator/v1/projects/${PROJECT}/databases/(default)/documents`;
  if (!(await fetch(all, { method: 'DELETE' })).ok) throw new Failure('The emulator could not be emptied.');
}

/** The emulator's, for the bench itself; whoever opens it terminates it. */
export const openFirestore = () => new Firestore({ projectId: PROJECT });
