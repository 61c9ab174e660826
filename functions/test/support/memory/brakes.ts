import type { BrakeStore } from '../../../src/brakes/brakes.ts';
import { NOTHING_PAUSED, type Paused } from '../../../src/brakes/brakes.ts';

export function memoryBrakes(): BrakeStore & { paused: Paused } {
  const paused = { ...NOTHING_PAUSED };
  return {
    paused,
    read: async () => ({ ...paused }),
    async set(brake, since) {
      if ((paused[brake] === null) === (since === null)) return 'unchanged';
      paused[brake] = since;
      return 'changed';
    },
  };
}
