import { z } from 'zod';

/**
 * JSON Lines (application/x-ndjson), written while they are read: an answer of any length needs little memory. Each
 * line is parsed through its schema.
 */
export const jsonLines = <S extends z.ZodType>(line: S) =>
  z
    .custom<AsyncIterable<z.input<S>>>((value) => Symbol.asyncIterator in (value as object))
    .transform(async function* (values): AsyncGenerator<string> {
      for await (const value of values) yield `${JSON.stringify(line.parse(value))}\n`;
    })
    .meta({ description: 'JSON Lines' });

export const isStream = (content: unknown): content is AsyncIterable<string> =>
  typeof content === 'object' && content !== null && Symbol.asyncIterator in content;
