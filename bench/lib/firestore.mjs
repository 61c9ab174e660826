import { createRequire } from 'node:module';
import { functions } from '../../scripts/lib/project.mjs';
import { PROJECT } from './emulators.mjs';

const { Firestore, Timestamp } = createRequire(`${functions}/package.json`)('@google-cloud/firestore');

export { Timestamp };

/** The emulator's, for the bench itself; whoever opens it terminates it. */
export const openFirestore = () => new Firestore({ projectId: PROJECT });
