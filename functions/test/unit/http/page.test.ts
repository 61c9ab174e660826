import assert from 'node:assert/strict';
import { type Place, readPage } from '../../../src/http/page.ts';

const list = { of: 'things' };

describe('a page', () => {
  const cursorAt = async (place: unknown) => {
    const { nextCursor } = await readPage({ limit: 1 }, list, async () => [place, place] as Place[]);
    return nextCursor as string;
  };
  const placeOf = async (cursor: string) => {
    let found: Place | null = null;
    await readPage({ limit: 1, cursor }, list, async (_, after) => {
      found = after;
      return [];
    });
    return found;
  };

  it('goes on at the place that its cursor was made for', async () => {
    const place = { createdAt: new Date('2026-03-01T12:00:00.123Z'), id: 'f81d4fae-7dec_17' };
    assert.deepEqual(await placeOf(await cursorAt(place)), place);
  });

  it('cannot go on at a place that no query would take, though somebody makes up the right cursor', async () => {
    const createdAt = new Date(0);
    for (const place of [
      { createdAt: new Date(8.64e15), id: 'x' },
      { createdAt: new Date(-1), id: 'x' },
      { createdAt: new Date(Number.NaN), id: 'x' },
      { createdAt, id: 'a/b' },
      { createdAt, id: '__x__' },
      { createdAt, id: '' },
      { createdAt, id: 'x'.repeat(2000) },
      { createdAt, id: ['x'] },
    ]) {
      await assert.rejects(placeOf(await cursorAt(place)), { code: 'invalid_request' });
    }
  });
});
