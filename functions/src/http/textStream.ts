import { z } from 'zod';
import type { Log } from '../ports.ts';

/** A body that is written while it is read: an answer of any length needs little memory. */
export interface TextStream {
  contentType: string;
  text: AsyncIterable<string>;
}

/** How values become text: each is a piece of its own. */
interface Format<Value> {
  contentType: string;
  /** What comes before the first value, and alone where there is none. */
  head: string;
  write(value: Value): string;
}

/** Values that come one after the other, each parsed through its schema and written in this format. */
export const textStream = <S extends z.ZodType>(
  value: S,
  { contentType, head, write }: Format<z.output<S>>,
) =>
  z
    .custom<AsyncIterable<z.input<S>>>(isStream)
    .transform((values): TextStream => {
      async function* text(): AsyncGenerator<string> {
        // Not a piece of its own: with the first piece there is the first value, or an error that can still be answered.
        let before = head;
        for await (const each of values) {
          yield before + write(value.parse(each));
          before = '';
        }
        if (before) yield before;
      }
      return { contentType, text: text() };
    })
    .meta({ contentMediaType: contentType });

/** One JSON value on each line (application/x-ndjson). */
export const jsonLines = <S extends z.ZodType>(line: S) =>
  textStream(line, {
    contentType: 'application/x-ndjson; charset=utf-8',
    head: '',
    write: (value) => `${JSON.stringify(value)}\n`,
  });

export const isStream = (content: unknown): content is AsyncIterable<unknown> =>
  typeof content === 'object' && content !== null && Symbol.asyncIterator in content;

export const isTextStream = (content: unknown): content is TextStream =>
  typeof content === 'object' && content !== null && 'text' in content && isStream(content.text);

/**
 * The same text once its first piece is there, so that what fails at once can still be answered as an error; what fails
 * later is logged, and ends the stream in the middle.
 */
export async function started(text: AsyncIterable<string>, log: Log): Promise<AsyncIterable<string>> {
  const iterator = text[Symbol.asyncIterator]();
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
