import assert from 'node:assert/strict';
import { exportTweets, health } from '../../src/app/endpoints.ts';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import type { Answered } from '../support/call.ts';
import { onEveryEndpoint, open } from '../support/everyEndpoint.ts';

const namesOf = ({ query }: ServedEndpoint) => Object.keys(query?.shape ?? {});

describe('the query of', () => {
  onEveryEndpoint((definition) => {
    const send = async (query: string) => {
      const { send, valid } = await open(definition);
      return await send({ path: `${valid.path ?? definition.path}?${query}` });
    };
    const assertRefused = (answer: Answered, path: string, message: RegExp) => {
      assertProblem(answer, 'invalid_request');
      const [error, ...others] = answer.body.errors;
      assert.deepEqual([error.path, others], [path, []]);
      assert.match(error.message, message);
    };

    it('an empty one is none', async () => {
      for (const query of ['', '&', '&&']) assertSuccess(definition, await send(query));
    });

    it('an unknown parameter is 400 and named, once or repeated', async () => {
      for (const query of ['utm=1', 'utm', 'utm=1&utm=2']) {
        assertRefused(await send(query), 'utm', /^unknown parameter utm; this endpoint takes /);
      }
    });

    it('more than 8 KiB are 400', async () => {
      assertRefused(await send('a'.repeat(8193)), '', /at most 8192 characters$/);
    });

    for (const name of namesOf(definition)) {
      it(`${name} that is misspelt is 400 with the right name`, async () => {
        assertRefused(await send(`${name}x=1`), `${name}x`, new RegExp(`; did you mean ${name}\\?$`));
      });

      it(`${name} that is given twice is 400`, async () => {
        assertRefused(await send(`${name}=1&${name}=1`), name, /^may be given once$/);
      });
    }
  });

  it('a request that is not let in is told nothing of', async () => {
    const { send } = await open(exportTweets);
    assertProblem(
      await send({ path: '/api/tweets/export?utm=1', headers: { Authorization: undefined } }),
      'unauthenticated',
    );
  });

  it('a preflight is not looked at', async () => {
    const { send } = await open(health);
    assert.equal((await send({ method: 'OPTIONS', path: '/api/health?utm=1' })).status, 204);
  });

  it('an export keeps what comes after a second question mark, and does not drop a filter', async () => {
    const { send } = await open(exportTweets);
    const answer = await send({ path: '/api/tweets/export?format=csv?status=failed' });
    assertProblem(answer, 'invalid_request');
    assert.deepEqual(answer.body.errors, [{ path: 'format', message: 'must be jsonl or csv' }]);
  });
});
