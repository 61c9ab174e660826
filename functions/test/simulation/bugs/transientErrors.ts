import { toAppError } from '../../../src/platform/firestore/errors.ts';
import type { Bug } from './bug.ts';

/** What the handling of transient errors may get wrong. */
export const transientErrors: Record<string, Bug> = {
  noRetry: {
    title: 'a commit is not retried after a transient error',
    retrying: async (call) =>
      await call().catch((error) => {
        throw toAppError(error);
      }),
  },
  transientIsInternal: {
    title: 'a transient error that stays is answered as an internal one',
    retrying: async (call) => await call().catch(() => call()),
  },
};
