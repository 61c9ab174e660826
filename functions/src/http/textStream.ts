import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import type { Log } from '../core/runtime.ts';
import { withTimeout } from '../core/timeout.ts';

/** A part of an export ends after this. A streamed answer may have 10 MB, and one row up to 0.3 MB. */
export const EXPORT_PART_BYTES = 8_000_000;

/** How long a streamed answer waits for its next piece, and for a reader that takes nothing. */
export const STREAM_TIMEOUTS = { pieceMs: 20_000, readerMs: 30_000 };
export type StreamTimeouts = typeof STREAM_TIMEOUTS;

/** A streamed body. It ends after `EXPORT_PART_BYTES` of text. */
export interface TextStream {
  contentType: string;
  text: AsyncIterable<string>;
}

/** How values become text: each is a piece of its own. */
export interface Format<Value = never> {
  contentType: string;
  /** The text before the first value. It is sent even if there are no values. */
  head: string;
  write(value: Value): string;
}

const described = new WeakMap<z.ZodType, { value: z.ZodType; formats: Format[] }>();

/** Returns the value schema and the formats of a stream schema, or undefined for other schemas. */
export const streamFormatsOf = (schema: z.ZodType) => described.get(schema);

/**
 * A stream of values, each parsed with its schema and written in a format. It ends between two values when the part is
 * full, because the platform truncates larger answers. The caller requests the rest.
 */
export function textStream<S extends z.ZodType>(
  value: S,
  format: Format<z.output<S>>,
  /**
   * The minimum number of values. A part that reaches it continues to the end, so a smaller number means that more are
   * left.
   */
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
        if (bytes >= EXPORT_PART_BYTES && rows < total) return;
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

/** How long an abandoned source may take to release its resources. */
const LEAVE_MS = 1000;

/** The pieces of a streamed body. The reader calls `return` when it is done, at any time. */
export interface StreamPieces extends AsyncIterableIterator<string> {
  return(): Promise<IteratorResult<string>>;
}

/**
 * Starts a stream and waits for its first piece, so that an early failure can still be answered as an error. A later
 * failure, or no piece for `timeoutMs`, is logged and breaks the stream off. Calls `release` when the stream ends.
 */
export async function startStream(
  text: AsyncIterable<string>,
  log: Log,
  timeoutMs: number,
  release: () => void = () => {},
): Promise<StreamPieces> {
  const source = text[Symbol.asyncIterator]();
  const next = () => withTimeout(timeoutMs, source.next(), silent);
  let ended: Promise<unknown> | undefined;
  const end = async () => {
    if (!ended) {
      release();
      // One that is stuck does not return, either.
      ended = withTimeout(LEAVE_MS, Promise.resolve(source.return?.()), () => {}).catch(() => {});
    }
    await ended;
  };
  let first: Promise<IteratorResult<string>> | null = next();
  await first.catch((error) => {
    void end();
    throw error;
  });
  // No generator: that one runs no `finally` when it ends before it was begun, and waits for a source that is stuck.
  const pieces: StreamPieces = {
    [Symbol.asyncIterator]: () => pieces,
    async next() {
      try {
        const piece = await (first ?? next());
        first = null;
        if (piece.done) await end();
        return piece;
      } catch (error) {
        log('ERROR', 'stream_failed', { reason: String(error) });
        void end();
        throw error;
      }
    },
    async return() {
      await end();
      return { done: true, value: undefined };
    },
  };
  return pieces;
}

function silent(): never {
  throw new AppError('unavailable', 'The source of this answer does not respond. Try again.');
}
