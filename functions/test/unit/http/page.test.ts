import assert from 'node:assert/strict';
import { type ListPosition, PAGE_BYTES, readPage } from '../../../src/http/page.ts';

const list = { of: 'things' };

describe('a page', () => {
  const cursorAt = async (place: unknown) => {
    const { nextCursor } = await readPage({ limit: 1 }, list, async () => [place, place] as ListPosition[]);
    return nextCursor as string;
  };
  const placeOf = async (cursor: string) => {
    let found: ListPosition | null = null;
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

  describe('of large items', () => {
    const itemsOf = (sizes: number[]) =>
      sizes.map((size, index) => ({
        createdAt: new Date(10_000 - index),
        id: `x${index}`,
        text: 'é'.repeat(size / 2),
      }));
    const walk = async (sizes: number[], limit: number) => {
      const all = itemsOf(sizes);
      const pages: number[] = [];
      const reads: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await readPage({ limit, cursor }, list, async (wanted, after) => {
          const from = after ? all.findIndex(({ id }) => id === after.id) + 1 : 0;
          reads.push(wanted);
          return all.slice(from, from + wanted);
        });
        pages.push(page.items.length);
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      assert.equal(
        pages.reduce((sum, count) => sum + count, 0),
        all.length,
      );
      return { pages, reads };
    };
    const MB = PAGE_BYTES;

    it('ends at a megabyte, and goes on after it', async () => {
      assert.deepEqual((await walk(Array(10).fill(MB / 4), 100)).pages, [3, 3, 3, 1]);
    });

    it('has one item, however large that is', async () => {
      assert.deepEqual((await walk([2 * MB, 2 * MB, 10], 100)).pages, [1, 1, 1]);
    });

    it('of small ones has as many as were asked for, and reads them in steps', async () => {
      const { pages, reads } = await walk(Array(150).fill(10), 100);
      assert.deepEqual(pages, [100, 50]);
      assert.deepEqual(reads.slice(0, 3), [21, 40, 40]);
    });

    it('is the last one where nothing is left, and where exactly as many were there', async () => {
      for (const count of [0, 1, 20, 21, 61, 100]) {
        assert.deepEqual((await walk(Array(count).fill(10), 100)).pages, [count]);
      }
      assert.deepEqual((await walk(Array(20).fill(10), 20)).pages, [20]);
    });
  });
});
