import { z } from 'zod';

const ISO_8601 =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(?:(:\d{2})(?:[.,](\d+))?)?(?:[Zz]|([+-]\d{2})(?::?(\d{2}))?)$/;

/** In the form of RFC 3339; a text that has it already stays the same. */
function toRfc3339(text: string): string {
  const match = ISO_8601.exec(text);
  if (!match) return text;
  const [, date, time, seconds = ':00', fraction, offsetHours, offsetMinutes = '00'] = match;
  const offset = offsetHours ? `${offsetHours}:${offsetMinutes}` : 'Z';
  return `${date}T${time}${seconds}${fraction ? `.${fraction}` : ''}${offset}`;
}

/**
 * A date-time of RFC 3339. Also accepts ISO 8601 spellings without seconds, with `+0000` or a lower-case `z`, and returns
 * them in the form of RFC 3339.
 */
export const dateTime = ({ hint = '', maxLength = 64 } = {}) =>
  z
    .string()
    .overwrite(toRfc3339)
    .meta({
      format: 'date-time',
      maxLength,
      pattern: ISO_8601.source,
      examples: ['2026-03-01T11:58:00.000Z'],
    })
    .pipe(
      z.iso
        .datetime({ offset: true, error: `must be an ISO 8601 date-time with offset or Z${hint}` })
        .max(maxLength, `must have at most ${maxLength} characters`),
    );
