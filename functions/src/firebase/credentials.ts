import { within } from '../deadline.ts';
import { Failure } from '../failures.ts';
import type { Project } from './project.ts';

/** Fails at once where there are no credentials; Firestore's client would first try again for up to ten seconds. */
export async function checkCredentials({ credential }: Project, patienceMs: number): Promise<void> {
  await within(patienceMs, credential.getAccessToken(), () => {
    throw new Failure('unavailable', 'The credentials could not be checked in time.');
  });
}
