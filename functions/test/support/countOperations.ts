import type { Firestore } from 'firebase-admin/firestore';

interface Wire {
  request(method: string, request: { writes?: unknown[] }, ...more: unknown[]): Promise<unknown>;
  requestStream(method: string, ...more: unknown[]): Promise<NodeJS.ReadableStream>;
}

/** Counts what Firestore bills: documents read, an answer without one as one read, and documents written. */
export function countOperations(db: Firestore): { reads: number; writes: number } {
  const counts = { reads: 0, writes: 0 };
  const wire = db as unknown as Wire;
  const { request, requestStream } = wire;
  wire.request = async (method, body, ...more) => {
    counts.writes += body.writes?.length ?? 0;
    return await request.call(db, method, body, ...more);
  };
  wire.requestStream = async (method, ...more) => {
    const stream = await requestStream.call(db, method, ...more);
    const { emit } = stream;
    let documents = 0;
    stream.emit = (event: string, ...values: unknown[]) => {
      const { document, found, missing } = (values[0] ?? {}) as Record<string, unknown>;
      if (event === 'data' && (document || found || missing)) documents += 1;
      if (event === 'end') counts.reads += Math.max(1, documents);
      return emit.call(stream, event, ...values);
    };
    return stream;
  };
  return counts;
}
