import assert from 'node:assert/strict';
import type { Client } from '../../../../client/client.ts';
import { readStored, worthOf } from '../../../../scripts/import/stored.ts';

const lineOf = (tweetId: string, more: object = {}) =>
  `${JSON.stringify({ tweetId, tweetText: 'é', createdAt: `2026-03-01T00:00:00.00${tweetId}Z`, ...more })}\n`;

/** A client whose exports are these texts in small pieces, each with how it ends. */
function exporting(...answers: [text: string, ending: 'whole' | 'cut'][]) {
  const asked: (string | undefined)[] = [];
  const stream = async (_path: string, { query }: { query: { to?: string } }) => {
    asked.push(query.to);
    const [text, ending] = answers[asked.length - 1] ?? assert.fail('asked once more');
    const bytes = Buffer.from(text);
    return new Response(
      ReadableStream.from(
        (async function* () {
          for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
          if (ending === 'cut') throw new TypeError('terminated');
        })(),
      ),
    );
  };
  const read = () => readStored({ stream } as unknown as Client, new AbortController().signal);
  return { asked, read };
}

describe('what is stored', () => {
  it('is read line by line', async () => {
    const { read } = exporting([
      lineOf('3') + lineOf('2', { tweetText: null, tweetUrl: 'https://x.com' }),
      'whole',
    ]);
    assert.deepEqual(
      await read(),
      new Map([
        ['3', { tweetText: true, tweetUrl: false }],
        ['2', { tweetText: false, tweetUrl: true }],
      ]),
    );
  });

  it('may be nothing', async () => {
    assert.equal((await exporting(['', 'whole']).read()).size, 0);
  });

  it('is read on where an answer is cut off, with those of the same millisecond', async () => {
    const { asked, read } = exporting(
      [lineOf('9') + lineOf('8') + lineOf('7').slice(0, 20), 'cut'],
      [lineOf('8') + lineOf('7') + lineOf('6'), 'whole'],
    );
    assert.deepEqual([...(await read()).keys()], ['9', '8', '7', '6']);
    assert.deepEqual(asked, [undefined, '2026-03-01T00:00:00.009Z']);
  });

  for (const [what, answers] of [
    ['from the start', [['', 'cut']]],
    [
      'at the same place again',
      [
        [lineOf('9'), 'cut'],
        [lineOf('9'), 'cut'],
      ],
    ],
    ['in a line that ends like the answer', [['{"tweetId":', 'whole']]],
  ] as [string, [string, 'whole' | 'cut'][]][]) {
    it(`cannot be read when it is cut off ${what}`, async () => {
      await assert.rejects(exporting(...answers).read(), {
        name: 'Unreachable',
        message: 'The export was cut off.',
      });
    });
  }

  it('is enriched by what an archive knows more of', () => {
    const stored = new Map([['1', { tweetText: false, tweetUrl: true }]]);
    const tweetUrl = 'https://x.com/1';
    assert.equal(worthOf({ tweetId: '2' }, stored), 'new');
    assert.equal(worthOf({ tweetId: '1', tweetUrl }, stored), 'duplicate');
    assert.equal(worthOf({ tweetId: '1', tweetUrl, tweetText: 'x' }, stored), 'enriching');
  });
});
