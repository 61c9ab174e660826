import assert from 'node:assert/strict';
import { collect } from '../../functions/test/support/collect.ts';
import { createClient } from '../client.ts';
import { failure } from './clientOf.ts';

type Ending = 'whole' | 'cut' | 'silent';
interface Part {
  lines: string;
  total?: number;
  ending?: Ending;
}

const tweet = (number: number) => ({ tweetId: String(number), createdAt: '2026-03-01T00:00:00.000Z' });
const textOf = (...rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const tweets = (...numbers: number[]) => textOf(...numbers.map(tweet));

/** A client of a service whose exports have these parts, sent in small pieces. */
function exporting(...parts: Part[]) {
  const asked: (string | null)[] = [];
  const waits: number[] = [];
  const open = new Set<number>();
  const client = createClient({
    baseUrl: 'https://tweets.example',
    tokens: { get: () => ({ accessToken: 'a', refreshToken: 'r' }), set: () => {} },
    timeoutMs: 50,
    random: () => 0.5,
    sleep: async (seconds) => void waits.push(seconds),
    fetch: async (url, init) => {
      const number = asked.push(new URL(String(url)).searchParams.get('after'));
      const { lines, total, ending = 'whole' } = parts[number - 1] ?? assert.fail('asked once more');
      const bytes = Buffer.from(lines);
      open.add(number);
      init?.signal?.addEventListener('abort', () => open.delete(number));
      async function* pieces() {
        for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
        if (ending === 'cut') throw new TypeError('terminated');
        if (ending === 'silent') await new Promise(() => {});
      }
      return new Response(ReadableStream.from(pieces()), {
        headers: total === undefined ? {} : { 'X-Total-Count': String(total) },
      });
    },
  });
  return { client, asked, waits, open };
}
const ids = (rows: { tweetId: string }[]) => rows.map(({ tweetId }) => Number(tweetId));
const place = (number: number) => `2026-03-01T00:00:00.000Z,${number}`;

describe('the client’s export of tweets', () => {
  const read = (...parts: Part[]) => {
    const { client, ...seen } = exporting(...parts);
    return { ...seen, client, rows: collect(client.exportTweets()).then(ids) };
  };

  it('ends after a part with as many rows as its total', async () => {
    const { rows, asked } = read({ lines: tweets(3, 2, 1), total: 3 });
    assert.deepEqual([await rows, asked], [[3, 2, 1], [null]]);
  });

  it('may be empty', async () => assert.deepEqual(await read({ lines: '', total: 0 }).rows, []));

  it('continues after the last row of a part with fewer rows than its total', async () => {
    const { rows, asked } = read(
      { lines: tweets(5, 4), total: 5 },
      { lines: tweets(3), total: 3 },
      { lines: tweets(2, 1), total: 2 },
    );
    assert.deepEqual(
      [await rows, asked],
      [
        [5, 4, 3, 2, 1],
        [null, place(4), place(3)],
      ],
    );
  });

  it('ends if the missing rows have been deleted', async () => {
    const { rows, asked } = read({ lines: tweets(3, 2), total: 3 }, { lines: '', total: 0 });
    assert.deepEqual(
      [await rows, asked],
      [
        [3, 2],
        [null, place(2)],
      ],
    );
  });

  for (const ending of ['cut', 'silent', 'whole'] as const) {
    it(`continues after the last complete row of a part that ends within a row: ${ending}`, async () => {
      const { rows, asked } = read(
        { lines: tweets(9, 8, 7).slice(0, -9), total: 4, ending },
        { lines: tweets(7, 6), total: 2 },
      );
      assert.deepEqual(
        [await rows, asked],
        [
          [9, 8, 7, 6],
          [null, place(8)],
        ],
      );
    });
  }

  it('continues after a connection that is lost between two rows', async () => {
    const { rows } = read({ lines: tweets(3, 2), total: 3, ending: 'cut' }, { lines: tweets(1), total: 1 });
    assert.deepEqual(await rows, [3, 2, 1]);
  });

  it('fails after five empty parts in a row, with pauses between them', async () => {
    const nothing = { lines: '', total: 3, ending: 'cut' as const };
    const { rows, waits } = read({ lines: tweets(4), total: 4 }, nothing, nothing, nothing, nothing, nothing);
    const error = await failure(rows);
    assert.deepEqual(
      [error.name, error.message],
      ['Unreachable', 'The connection was lost during the export.'],
    );
    assert.deepEqual(waits, [0.75, 1.5, 3, 6]);
  });

  it('never ends without a total', async () => {
    const silent = { lines: '' };
    const { rows } = read({ lines: tweets(1) }, silent, silent, silent, silent, silent);
    assert.match((await failure(rows)).message, /is empty/);
  });

  it('closes the connection if the caller stops reading', async () => {
    const { client, open } = exporting({ lines: tweets(3, 2, 1), total: 3 });
    for await (const { tweetId } of client.exportTweets({ query: { author: 'someone' } })) {
      assert.deepEqual([tweetId, open.size], ['3', 1]);
      break;
    }
    assert.equal(open.size, 0);
  });

  it('fails with the reason of its signal', async () => {
    const controller = new AbortController();
    const { client } = exporting({ lines: tweets(3), total: 3, ending: 'silent' });
    const reading = async () => {
      for await (const _ of client.exportTweets({ signal: controller.signal }))
        controller.abort(new Error('enough'));
    };
    await assert.rejects(reading(), /enough/);
  });
});

describe('the client’s export of an account', () => {
  const record = (kind: string, id: string) => ({ kind, id, data: {} });
  const [account, tweet] = [record('account', 'u'), record('tweet', 'u_1')];

  it('ends at its end line, which is not returned', async () => {
    const { client, asked } = exporting(
      { lines: textOf(account) },
      { lines: textOf(tweet), ending: 'cut' },
      { lines: textOf({ kind: 'end', lines: 0 }) },
    );
    assert.deepEqual(await collect(client.exportAccount()), [account, tweet]);
    assert.deepEqual(asked, [null, 'account,u', 'tweet,u_1']);
  });
});
