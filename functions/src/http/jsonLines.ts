import { z } from 'zod';
import type { Log } from '../ports.ts';

const lineSchemas = new WeakMap<z.ZodType, z.ZodType>();

/** The schema of each line, where a schema is one of JSON Lines. */
export const lineOf = (schema: z.ZodType): z.ZodType | undefined => lineSchemas.get(schema);

/**
 * JSON Lines (application/x-ndjson), written while they are read: an answer of any length needs little memory. Each
 * line is parsed through its schema.
 */
export const jsonLines = <S extends z.ZodType>(line: S) => {
  const lines = z
    .custom<AsyncIterable<z.input<S>>>((value) => Symbol.asyncIterator in (value as object))
    .transform(async function* (values): AsyncGenerator<string> {
      for await (const value of values) yield `${JSON.stringify(line.parse(value))}\n`;
    });
  lineSchemas.set(lines, line);
  return lines;
};

export const isStream = (content: unknown): content is AsyncIterable<string> =>
  typeof content === 'object' && content !== null && Symbol.asyncIterator in content;

/**
 * The same lines once the first one is there, so that what fails at once can still be answered as an error; what fails
 * later is logged, and ends the stream in the middle.
 */
export async function started(lines: AsyncIterable<string>, log: Log): Promise<AsyncIterable<string>> {
  const iterator = lines[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* () {
    try {
      for (let next = first; !next.done; next = await iterator.next()) yield next.value;
    } catch (error) {
      log('ERROR', 'stream_failed', { reason: String(error) });
      throw error;
    } finally {
      await iterator.return?.();
    }
  })();
}
