import { adoption } from './bugs/adoption.ts';
import type { Bug } from './bugs/bug.ts';
import { captures } from './bugs/captures.ts';
import { claiming } from './bugs/claiming.ts';
import { deadLetters } from './bugs/deadLetters.ts';
import { deletions } from './bugs/deletions.ts';
import { enriching } from './bugs/enriching.ts';
import { messages } from './bugs/messages.ts';
import { operations } from './bugs/operations.ts';
import { pauses } from './bugs/pauses.ts';
import { settling } from './bugs/settling.ts';
import { transientErrors } from './bugs/transientErrors.ts';
import { trigger } from './bugs/trigger.ts';

/** Deliberate mistakes, by name: what the simulation is tested with. */
export const BUGS: Record<string, Bug> = {
  ...captures,
  ...transientErrors,
  ...trigger,
  ...adoption,
  ...claiming,
  ...settling,
  ...messages,
  ...deadLetters,
  ...deletions,
  ...operations,
  ...enriching,
  ...pauses,
};
