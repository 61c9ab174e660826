import { captures } from './actors/captures.ts';
import { clockJumps } from './actors/clock.ts';
import { events } from './actors/events.ts';
import { retryRuns } from './actors/retryRuns.ts';
import { weather } from './actors/weather.ts';
import type { World } from './world.ts';

/**
 * Everyone who acts of their own accord; each schedules its own first step. Operators (retry, purge) come here, as
 * one more process that calls verbs of the store, with their moves in states.ts.
 */
export const ACTORS: Record<string, (world: World) => void> = {
  captures,
  events,
  retryRuns,
  weather,
  clockJumps,
};
