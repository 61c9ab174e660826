import type { Services } from '../../../src/app/services.ts';
import type { Bug } from './bug.ts';

const blind = (services: Services): Services => ({
  ...services,
  brakes: { ...services.brakes, isPaused: async () => false },
});

/** Who may not see that publishing is paused. */
export const pauses: Record<string, Bug> = {
  blindRun: {
    title: 'the retry run does not see that publishing is paused',
    services: (services, { kind }) => (kind === 'retryRun' ? blind(services) : services),
  },
  blindCapture: {
    title: 'a capture does not tell the trigger that publishing is paused',
    services: (services, { kind }) => (kind === 'capture' ? blind(services) : services),
  },
};
