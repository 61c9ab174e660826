import type { Firestore } from 'firebase-admin/firestore';

interface Wire {
  request(method: string, request: { writes?: { delete?: string }[] }, ...more: unknown[]): Promise<unknown>;
  requestStream(method: string, ...more: unknown[]): Promise<NodeJS.ReadableStream>;
}

/** What Firestore bills: documents read, an answer without one as one read; documents written; and deleted. */
export interface Operations {
  reads: number;
  writes: number;
  deletes: number;
}

export const NONE: Operations = { reads: 0, writes: 0, deletes: 0 };

/** Counts every request that leaves for Firestore from now on. */
export function countOperations(db: Firestore): Operations {
  const counts = { ...NONE };
  const wire = db as unknown as Wire;
  const { request, requestStream } = wire;
  wire.request = async (method, body, ...more) => {
    const answer = await request.call(db, method, body, ...more);
    // A commit that is refused writes nothing; of a bulk of them each has a status of its own.
    const { status = [] } = (answer ?? {}) as { status?: { code?: number }[] };
    (body.writes ?? []).forEach((write, index) => {
      if (!status[index]?.code) counts[write.delete ? 'deletes' : 'writes'] += 1;
    });
    return answer;
  };
  wire.requestStream = async (method, ...more) => {
    const stream = await requestStream.call(db, method, ...more);
    const { emit } = stream;
    let documents = 0;
    stream.emit = (event: string, ...values: unknown[]) => {
      const { document, found, missing, documentChange } = (values[0] ?? {}) as Record<string, unknown>;
      if (event === 'data' && (document || found || missing)) documents += 1;
      // A listener costs a read for what is there, and one for each change of it; it has no end of its own.
      if (event === 'data' && documentChange) counts.reads += 1;
      if (event === 'end' && method !== 'listen') counts.reads += Math.max(1, documents);
      return emit.call(stream, event, ...values);
    };
    return stream;
  };
  return counts;
}
