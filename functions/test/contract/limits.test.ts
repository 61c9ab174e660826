import assert from 'node:assert/strict';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { needsToken, onEveryEndpoint, open } from '../support/everyEndpoint.ts';
import { unknownIds, withIds } from '../support/ids.ts';
import { bearer } from '../support/requests.ts';

const LIMIT = { RATE_LIMIT_PER_MINUTE: '3', PUBLIC_RATE_LIMIT_PER_MINUTE: '3' };

describe('the rate limit of', () => {
  onEveryEndpoint((definition) => {
    // The valid request of an endpoint may have to be prepared by requests to others: those are counted apart.
    const limited = () => open(definition, LIMIT);
    const anyRequest = {
      body: {},
      ...(definition.params && { path: withIds(definition.path, unknownIds()) }),
    };

    it('is told with every answer that was counted, a success or not', async () => {
      const { send } = await limited();
      const first = await send(anyRequest);
      assert.equal(first.headers['RateLimit-Policy'], '"default";q=3;w=60');
      assert.equal(first.headers.RateLimit, '"default";r=2;t=60');
      const success = await send();
      assertSuccess(definition, success);
      // What proves whom it comes from is counted for them, and not for the address.
      const left = definition.sessionOf ? 2 : 1;
      assert.match(success.headers.RateLimit ?? '', new RegExp(`^"default";r=${left};t=[0-9]+$`));
    });

    it('refuses what is beyond it with 429, until the minute is over', async () => {
      const { send, clock } = await limited();
      for (let count = 0; count < 3; count += 1) assert.notEqual((await send(anyRequest)).status, 429);
      clock.advance(18_000);
      const left = 60 - clock.now().getSeconds();
      const refused = await send(anyRequest);
      assertProblem(refused, 'rate_limited');
      assert.equal(refused.headers['Retry-After'], String(left));
      assert.equal(refused.headers.RateLimit, `"default";r=0;t=${left}`);
      clock.advance(left * 1000);
      assert.notEqual((await send(anyRequest)).status, 429);
    });

    it('counts before it works: of 20 parallel requests three are let through [ASVS 2.3.2]', async () => {
      const { send } = await limited();
      const answers = await Promise.all(Array.from({ length: 20 }, () => send(anyRequest)));
      assert.equal(answers.filter(({ status }) => status !== 429).length, 3);
    });

    it('does not count preflights, other paths or other methods', async () => {
      const { send } = await limited();
      for (let count = 0; count < 5; count += 1) await send({ method: 'OPTIONS' });
      for (let count = 0; count < 2; count += 1) {
        await send({ path: '/nothing' });
        await send({ method: 'PUT' });
      }
      assert.equal((await send(anyRequest)).headers.RateLimit, '"default";r=2;t=60');
    });

    if (needsToken(definition)) {
      it('is one for each user, from wherever they call and with whatever token', async () => {
        const { send, services } = await limited();
        const [userId, other] = [crypto.randomUUID(), crypto.randomUUID()];
        for (let count = 0; count < 3; count += 1) {
          await send({ ...anyRequest, headers: await bearer(services, { userId }), ip: `192.0.2.${count}` });
        }
        assertProblem(await send({ headers: await bearer(services, { userId }) }), 'rate_limited');
        const answer = await send({ headers: await bearer(services, { userId: other }) });
        assert.notEqual(answer.status, 429, 'another user has a window of their own');
      });
    } else {
      it('is one for each IP address', async () => {
        const { send } = await limited();
        for (let count = 0; count < 3; count += 1) await send({ ...anyRequest, ip: '192.0.2.7' });
        assertProblem(await send({ ...anyRequest, ip: '192.0.2.7' }), 'rate_limited');
        assertSuccess(definition, await send({ ip: '192.0.2.8' }));
      });
    }
  });
});
