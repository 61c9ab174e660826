import { AppError } from '../../src/core/errors.ts';
import { withTimeout } from '../../src/core/timeout.ts';
import type { Project } from '../../src/platform/firestore/project.ts';

/** Fails at once if there are no credentials. Firestore's client would retry for up to ten seconds. */
export async function checkCredentials({ credential }: Project, patienceMs: number): Promise<void> {
  await withTimeout(patienceMs, credential.getAccessToken(), () => {
    throw new AppError('unavailable', 'The credentials could not be checked in time.');
  });
}
