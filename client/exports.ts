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
  /** A part that brings nothing for so long is cut off. */
  timeoutMs: number;
}

/** One kind of export, of which `ask` starts a part. */
interface Export<Row> {
  ask: Ask;
  /** What `after` is to go on after this row; null for a row that says that nothing comes after it. */
  placeOf(row: Row): string | null;
  /** Whether a part that has brought so many rows, and ended by itself, was the last one. */
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
     * All tweets that pass the filters, the latest captured first. Ends once every one that was stored at the beginning
     * and is not deleted has come, over as many parts and cut connections as it takes; else fails.
     */
    exportTweets: ({ query = {}, signal }: { query?: Filters; signal?: AbortSignal } = {}) =>
      everyRow<ExportedTweet>(
        {
          ask: (after, part) => stream.tweets({ ...query, format: 'jsonl', ...(after && { after }) }, part),
          placeOf: ({ createdAt, tweetId }) => `${createdAt},${tweetId}`,
          isLast: (rows, { headers }) => rows >= Number(headers.get('X-Total-Count') ?? Number.NaN),
        },
        settings,
        signal,
      ),
    /** Everything that is stored about the user, without the line that ends it. Complete like `exportTweets`. */
    exportAccount: ({ signal }: { signal?: AbortSignal } = {}) =>
      everyRow<ExportedRecord>(
        {
          ask: (after, part) => stream.account(after ? { after } : {}, part),
          placeOf: (row) => (row.kind === 'end' ? null : `${row.kind},${row.id}`),
          isLast: () => false,
        },
        settings,
        signal,
      ),
  };
}

/** The rows of all parts. A part that is short or cut off is followed by one that goes on after its last whole row. */
async function* everyRow<Row>(
  { ask, placeOf, isLast }: Export<Row>,
  { patience, timeoutMs }: Settings,
  signal: AbortSignal | undefined,
): AsyncGenerator<Row, void, undefined> {
  let after: string | undefined;
  for (let fruitless = 0; ; ) {
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
        const place = placeOf(row);
        if (place === null) return;
        after = place;
        rows += 1;
        yield row;
      }
      if (isLast(rows, response)) return;
    } catch (cause) {
      signal?.throwIfAborted();
      if (!(cause instanceof Cut)) throw cause;
      error = new Unreachable('The export was cut off.', { cause: cause.cause });
    } finally {
      // Nobody reads on, or nothing more comes.
      part.abort();
    }
    fruitless = rows > 0 ? 0 : fruitless + 1;
    if (rows > 0) continue;
    error ??= new Unreachable('A part of the export has nothing in it, and is not the last one.');
    await pauseBefore(fruitless, error, patience, signal);
  }
}

/** The body did not end by itself. */
class Cut extends Error {}

/** Whole lines only. Fails with Cut where the body ends in a line, by an error, or brings nothing for `timeoutMs`. */
async function* linesOf({ body }: Response, timeoutMs: number): AsyncGenerator<string, void, undefined> {
  if (!body) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const chunk = await inTime(reader.read(), timeoutMs);
    rest += decoder.decode(chunk.value, { stream: !chunk.done });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (!chunk.done) continue;
    if (rest !== '') throw new Cut('cut', { cause: new Error('The last line is not whole.') });
    return;
  }
}

function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const cut = (cause: unknown) => reject(new Cut('cut', { cause }));
    const timer = setTimeout(() => cut(new Error(`Nothing came for ${timeoutMs} ms.`)), timeoutMs);
    void work.then(resolve, cut).finally(() => clearTimeout(timer));
  });
}
