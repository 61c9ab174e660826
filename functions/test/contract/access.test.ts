import assert from 'node:assert/strict';
import { issueRefreshToken } from '../../src/accounts/refreshToken.ts';
import { SESSION_CACHE } from '../../src/accounts/sessionCache.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { isForAdmins, needsToken, onEveryEndpoint, open } from '../support/everyEndpoint.ts';
import { bearer } from '../support/requests.ts';

describe('access to', () => {
  onEveryEndpoint((definition) => {
    it('nobody without a token: 401 and a plain challenge [ASVS 8.2.1]', async () => {
      const { send } = await open(definition);
      const answer = await send({ headers: { Authorization: undefined } });
      assertProblem(answer, 'unauthenticated');
      assert.equal(answer.headers['WWW-Authenticate'], 'Bearer');
    });

    it('nobody with something that is no access token: 401 and a challenge that says so', async () => {
      const { send, services } = await open(definition);
      const { Authorization } = await bearer(services);
      const session = { sessionId: 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6', generation: 1 };
      const values = ['Bearer x', 'Bearer a.b.c', 'Basic dTpw', `${Authorization}x`, 'Bearer', 'x'];
      for (const value of [...values, `Bearer ${issueRefreshToken(services.keys(), session)}`]) {
        const answer = await send({ headers: { Authorization: value } });
        assertProblem(answer, 'unauthenticated');
        assert.equal(answer.headers['WWW-Authenticate'], 'Bearer error="invalid_token"');
      }
    });

    it('nobody with a token that has expired: 401 with a code of its own', async () => {
      const { send, services, clock } = await open(definition);
      const headers = await bearer(services, { lifetimeSeconds: 60 });
      clock.advance(60_000);
      const answer = await send({ headers });
      assertProblem(answer, 'token_expired');
      assert.equal(answer.headers['WWW-Authenticate'], 'Bearer error="invalid_token"');
    });

    it('an account that was disabled is 403 [ASVS 8.3.1]', async () => {
      const { send, services } = await open(definition);
      const { getAccountAndSession } = services.accounts;
      services.accounts.getAccountAndSession = async (...who) => {
        const { account, ...rest } = await getAccountAndSession(...who);
        return { account: account && { ...account, isActive: false }, ...rest };
      };
      assertProblem(await send(), 'account_disabled');
    });

    it('nobody learns anything of the body before: a missing token counts first', async () => {
      const { send } = await open(definition);
      for (const body of ['{', [], 'x'.repeat(100_000)]) {
        assertProblem(await send({ body, headers: { Authorization: undefined } }), 'unauthenticated');
      }
    });
  }, needsToken);

  onEveryEndpoint((definition) => {
    it('nobody who is no admin: 403, which is on record, and nothing is read or done', async () => {
      const { send, services, audited, tweets } = await open(definition);
      const before = structuredClone([tweets.tweets, tweets.queue]);
      const userId = crypto.randomUUID();
      const answer = await send({ headers: await bearer(services, { userId }) });
      assertProblem(answer, 'forbidden');
      assert.deepEqual([tweets.tweets, tweets.queue], before);
      assert.deepEqual(
        [...audited.values()].map(({ event, outcome, reason, ...entry }) => [
          event,
          outcome,
          reason,
          entry.userId,
        ]),
        [['forbidden', 'failure', definition.name, userId]],
      );
    });

    it('nobody who is no admin any more', async () => {
      const { send, services, clock } = await open(definition);
      const userId = crypto.randomUUID();
      const headers = await bearer(services, { userId, role: 'admin' });
      assertSuccess(definition, await send({ headers }));
      await services.accounts.setRole(userId, 'user', clock.now());
      clock.advance(SESSION_CACHE.ttlMs);
      assertProblem(await send({ headers }), 'forbidden');
    });

    it('nobody who is no admin learns anything of the body or the query', async () => {
      const { send, services, valid } = await open(definition);
      const path = `${valid.path ?? definition.path}?limit=x`;
      const headers = await bearer(services);
      assertProblem(await send({ headers, path, body: '{' }), 'forbidden');
    });
  }, isForAdmins);

  onEveryEndpoint(
    (definition) => {
      it('everyone, whatever token they bring', async () => {
        for (const Authorization of [undefined, 'Bearer x', 'Basic dTpw']) {
          const { send } = await open(definition);
          assertSuccess(definition, await send({ headers: { Authorization } }));
        }
      });
    },
    (definition) => !needsToken(definition),
  );
});
