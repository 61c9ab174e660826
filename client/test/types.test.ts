import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { clientTypes } from '../../scripts/openapi/clientTypes.mjs';
import type { Client } from '../client.ts';
import { OPEN, REPEATABLE } from '../operations.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the types of the client', () => {
  it('match openapi.json; if not, run npm run openapi and commit client/api.ts', async function () {
    this.timeout(30_000);
    assert.ok(read('client/api.ts') === (await clientTypes(read('openapi.json'))), 'client/api.ts is stale');
  });

  it('reject invalid calls at compile time', () => {
    const wrong = (client: Client) => [
      // @ts-expect-error there is no such path
      client.get('/api/nothing'),
      // @ts-expect-error it is not a GET
      client.get('/api/tweets/capture'),
      // @ts-expect-error it needs a path parameter
      client.get('/api/tweets/{tweetId}'),
      // @ts-expect-error no such filter
      client.get('/api/tweets', { query: { colour: 'red' } }),
      // @ts-expect-error an id is a string
      client.post('/api/tweets/capture', { body: { tweetId: 1, tweetText: '', authorUsername: 'a' } }),
    ];
    assert.ok(wrong);
  });

  const { paths } = JSON.parse(read('openapi.json')) as {
    paths: Record<string, Record<string, { security: object[] }>>;
  };

  it('include the paths that need no token', () => {
    const open = Object.entries(paths).filter(([, methods]) =>
      Object.values(methods).every(({ security }) => security.length === 0),
    );
    assert.deepEqual(open.map(([path]) => path).toSorted(), OPEN.toSorted());
  });

  it('include the existing paths that may be repeated', () => {
    assert.deepEqual(
      REPEATABLE.filter((path) => !paths[path]?.post),
      [],
    );
  });
});
