import type { QueueOperations } from '../../src/ports.ts';
import type { QueueItem } from '../../src/tweets/delivery.ts';

/** A whole item of the queue as it is stored, or null; changes nothing. */
export async function storedItem({ requeue }: QueueOperations, id: string): Promise<QueueItem | null> {
  let found: QueueItem | null = null;
  await requeue([id], (item) => {
    found = item;
    return null;
  });
  return found;
}
