import { captures } from './actors/captures.ts';
import { clockJumps } from './actors/clock.ts';
import { deletions } from './actors/deletions.ts';
import { events } from './actors/events.ts';
import { operators } from './actors/operators.ts';
import { pauses } from './actors/pauses.ts';
import { retryRuns } from './actors/retryRuns.ts';
import { weather } from './actors/weather.ts';
import type { World } from './world.ts';

/** Everyone who acts of their own accord; each schedules its own first step. */
export const ACTORS: Record<string, (world: World) => void> = {
  captures,
  deletions,
  events,
  operators,
  pauses,
  retryRuns,
  weather,
  clockJumps,
};
