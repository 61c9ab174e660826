import { z } from 'zod';
import { TUNING } from '../config.ts';
import type { Log } from '../ports.ts';

/** A body that is written while it is read: it needs little memory, and ends after `TUNING.exportPartBytes` of text. */
export interface TextStream {
  contentType: string;
  text: AsyncIterable<string>;
}

/** How values become text: each is a piece of its own. */
export interface Format<Value = never> {
  contentType: string;
  /** What comes before the first value, and alone where there is none. */
  head: string;
  write(value: Value): string;
}

const described = new WeakMap<z.ZodType, { value: z.ZodType; formats: Format[] }>();

/** What a schema is a stream of, and the formats it may have; undefined where it is none. */
export const streamed = (schema: z.ZodType) => described.get(schema);

/**
 * Values that come one after the other, each parsed through its schema and written in this format. It stops between two
 * values once the part is full: the platform cuts larger answers off, and the caller asks for the rest.
 */
export function textStream<S extends z.ZodType>(
  value: S,
  format: Format<z.output<S>>,
  /** At least so many are there: a part that has them all goes on to the end, so that fewer mean that more are left. */
  total = Number.POSITIVE_INFINITY,
) {
  const { contentType, head, write } = format;
  const schema = z.custom<AsyncIterable<z.input<S>>>(isStream).transform((values): TextStream => {
    async function* text(): AsyncGenerator<string> {
      // Not a piece of its own: with the first piece there is the first value, or an error that can still be answered.
      let before = head;
      let rows = 0;
      let bytes = 0;
      for await (const each of values) {
        const piece = before + write(value.parse(each));
        yield piece;
        before = '';
        rows += 1;
        bytes += Buffer.byteLength(piece);
        if (bytes >= TUNING.exportPartBytes && rows < total) return;
      }
      if (before) yield before;
    }
    return { contentType, text: text() };
  });
  described.set(schema, { value, formats: [format] });
  return schema;
}

/** The same values in one of several formats, which the handler names, and how many there are. */
export function inFormats<S extends z.ZodType, Name extends string>(
  value: S,
  formats: Record<Name, Format<z.output<S>>>,
) {
  const names = Object.keys(formats) as Name[];
  const schema = z
    .object({
      format: z.enum(names),
      items: z.custom<AsyncIterable<z.input<S>>>(isStream),
      total: z.int(),
    })
    .transform(({ format, items, total }) => textStream(value, formats[format as Name], total).parse(items));
  described.set(schema, { value, formats: Object.values(formats) });
  return schema;
}

/** Unicode line breaks that JSON leaves as they are: Python's splitlines and Node's readline end a line there. */
const LINE_BREAKS = /[\u0085\u2028\u2029]/g;
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One JSON value on each line. */
export const JSON_LINES: Format<unknown> = {
  contentType: 'application/x-ndjson; charset=utf-8',
  head: '',
  write: (value) => `${JSON.stringify(value).replace(LINE_BREAKS, escaped)}\n`,
};

export const jsonLines = <S extends z.ZodType>(line: S) => textStream(line, JSON_LINES);

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
