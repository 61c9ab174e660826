import type { components, paths } from './api.ts';
import { type ApiError, Unreachable } from './errors.ts';
import { type Patience, pauseBefore } from './retry.ts';

export type ExportedTweet = components['schemas']['CapturedTweet'];
export type ExportedRecord = components['schemas']['ExportedRecord'];

type Filters = Omit<
  NonNullable<paths['/api/tweets/export']['get']['parameters']['query']>,
  'format' | 'after'
>;
type Ask = (after: string | undefined, signal: AbortSignal) => Promise<Response>;

interface Settings {
  patience: Patience;
  /** A part that delivers nothing for this time is aborted. */
  timeoutMs: number;
}

/** One kind of export. */
interface Export<Row> {
  /** Starts a part after a position. */
  ask: Ask;
  /** The position of a row, for `after`; null for the row that ends the export. */
  positionOf(row: Row): string | null;
  /** Whether a complete part with this number of rows is the last one. */
  isLast(rows: number, response: Response): boolean;
}

export function createExports(
  stream: {
    tweets(query: Filters & { format: 'jsonl'; after?: string }, signal: AbortSignal): Promise<Response>;
    account(query: { after?: string }, signal: AbortSignal): Promise<Response>;
  },
  settings: Settings,
) {
  return {
    /**
     * All tweets that match the filters, the latest capture first, over any number of parts and lost connections. Ends
     * only when every tweet that was stored at the start and is not deleted has been returned; throws otherwise.
     */
    exportTweets: ({ query = {}, signal }: { query?: Filters; signal?: AbortSignal } = {}) =>
      everyRow<ExportedTweet>(
        {
          ask: (after, part) => stream.tweets({ ...query, format: 'jsonl', ...(after && { after }) }, part),
          positionOf: ({ createdAt, tweetId }) => `${createdAt},${tweetId}`,
          isLast: (rows, { headers }) => rows >= Number(headers.get('X-Total-Count') ?? Number.NaN),
        },
        settings,
        signal,
      ),
    /** All data about the user, as complete as `exportTweets`. */
    exportAccount: ({ signal }: { signal?: AbortSignal } = {}) =>
      everyRow<ExportedRecord>(
        {
          ask: (after, part) => stream.account(after ? { after } : {}, part),
          positionOf: (row) => (row.kind === 'end' ? null : `${row.kind},${row.id}`),
          isLast: () => false,
        },
        settings,
        signal,
      ),
  };
}

/** The rows of all parts. After an incomplete part, the next one starts after the last complete row. */
async function* everyRow<Row>(
  { ask, positionOf, isLast }: Export<Row>,
  { patience, timeoutMs }: Settings,
  signal: AbortSignal | undefined,
): AsyncGenerator<Row, void, undefined> {
  let after: string | undefined;
  for (let emptyParts = 0; ; ) {
    const part = new AbortController();
    const response = await ask(after, signal ? AbortSignal.any([signal, part.signal]) : part.signal);
    const lines = linesOf(response, timeoutMs);
    let rows = 0;
    let error: Unreachable | ApiError | undefined;
    try {
      for (;;) {
        const line = await lines.next();
        if (line.done) break;
        const row = JSON.parse(line.value) as Row;
        const position = positionOf(row);
        if (position === null) return;
        after = position;
        rows += 1;
        yield row;
      }
      if (isLast(rows, response)) return;
    } catch (cause) {
      signal?.throwIfAborted();
      if (!(cause instanceof Interrupted)) throw cause;
      error = new Unreachable('The connection was lost during the export.', { cause: cause.cause });
    } finally {
      // Closes the connection if the caller stops reading.
      part.abort();
    }
    emptyParts = rows > 0 ? 0 : emptyParts + 1;
    if (rows > 0) continue;
    error ??= new Unreachable('A part of the export is empty, although it is not the last one.');
    await pauseBefore(emptyParts, error, patience, signal);
  }
}

/** The body ended too early. */
class Interrupted extends Error {}

/** The complete lines of a body. Throws Interrupted if it ends within a line, fails, or stalls for `timeoutMs`. */
async function* linesOf({ body }: Response, timeoutMs: number): AsyncGenerator<string, void, undefined> {
  if (!body) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const chunk = await withTimeout(reader.read(), timeoutMs);
    rest += decoder.decode(chunk.value, { stream: !chunk.done });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (!chunk.done) continue;
    if (rest !== '')
      throw new Interrupted('interrupted', { cause: new Error('The last line is not complete.') });
    return;
  }
}

function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const interrupt = (cause: unknown) => reject(new Interrupted('interrupted', { cause }));
    const timer = setTimeout(() => interrupt(new Error(`No data for ${timeoutMs} ms.`)), timeoutMs);
    void work.then(resolve, interrupt).finally(() => clearTimeout(timer));
  });
}
