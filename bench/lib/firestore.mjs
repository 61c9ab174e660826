import { createRequire } from 'node:module';
import { CliError } from '../../scripts/cli/errors.mjs';
import { functions } from '../../scripts/project.mjs';
import { PROJECT } from './emulators.mjs';

const { Firestore, Timestamp } = createRequire(`${functions}/package.json`)('@google-cloud/firestore');

export { Timestamp };

/** Deletes every document in the emulator. */
export async function emptyFirestore() {
  const { FIRESTORE_EMULATOR_HOST: host } = process.env;
  const all = `http://${host}/emulator/v1/projects/${PROJECT}/databases/(default)/documents`;
  if (!(await fetch(all, { method: 'DELETE' })).ok)
    throw new CliError('The documents in the emulator could not be deleted.');
}

/** A client for the bench itself. The caller terminates it. */
export const openFirestore = () => new Firestore({ projectId: PROJECT });
