import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Passwords } from '../../src/accounts/ports.ts';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import type { Services } from '../../src/app/services.ts';
import { anyBody, anyHeader, anyText } from '../support/arbitraries.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import type { Answered } from '../support/call.ts';
import { onEveryEndpoint, open } from '../support/everyEndpoint.ts';

/** Parts of a query that mean something, so that wrong ones are met in their company. */
const GOOD_VALUES = ['1', '100', 'failed', 'someone', '2026-03-01T00:00:00Z', '0000-01-01T00:00:00Z', 'W10'];

/** Words of our own code, which no answer may contain. */
const INSIDE = ['Zod', 'zod', 'node_modules', '.ts:', 'Invalid input'];

const RUNS = { numRuns: 400 };

/** Hundreds of addresses that nobody has would be compared at full cost, which takes minutes. */
const inHaste = (passwords: Passwords): Passwords => ({
  ...passwords,
  matches: async (password, hash) => hash !== null && (await passwords.matches(password, hash)),
});

describe('whatever a caller sends to', () => {
  onEveryEndpoint((definition: ServedEndpoint) => {
    let services: Services;
    let send: Awaited<ReturnType<typeof open>>['send'];
    let valid: Awaited<ReturnType<typeof open>>['valid'];
    beforeEach(async () => {
      ({ services, send, valid } = await open(definition));
      services.passwords = inHaste(services.passwords);
      const { rateLimiter } = services;
      // A query that is refused for the number of requests is not looked at.
      services.rateLimiter = (key, _, counting) => rateLimiter(key, 1_000_000, counting);
    });

    // That the code is one that the endpoint may answer is what every call is held to.
    const assertDeclared = (answer: Answered) => {
      if (answer.status < 400) return assertSuccess(definition, answer);
      assertProblem(answer);
      assert.ok(answer.status < 500, answer.text);
      for (const inside of INSIDE) {
        assert.ok(!answer.text.includes(inside), answer.text);
      }
    };

    it('as a body, the answer is a declared one and never the fault of the server [ASVS 2.2.2]', async () => {
      const property = fc.asyncProperty(anyBody(valid.body ?? { unasked: 'for' }), async (body) => {
        assertDeclared(await send({ body }));
      });
      await fc.assert(property, RUNS);
      assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    });

    {
      const names = Object.keys(definition.query?.shape ?? {});
      it(`as the query, with and without ${names.join(', ') || 'parameters'}, it is so, too`, async () => {
        // An error names an unknown parameter as it was sent.
        const other = anyText.filter((text) => !INSIDE.some((inside) => text.includes(inside)));
        const name = fc.oneof(fc.constantFrom('utm', ...names), other);
        const value = fc.oneof(anyText, fc.constantFrom(...GOOD_VALUES));
        const query = fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 3 });
        const property = fc.asyncProperty(query, async (parameters) => {
          const path = `${valid.path ?? definition.path}?${new URLSearchParams(parameters)}`;
          assertDeclared(await send({ path }));
        });
        await fc.assert(property, RUNS);
      });
    }

    it('as headers, it is so, too', async () => {
      const names = ['Authorization', 'Content-Type', 'Prefer', 'Origin', 'X-Request-Id', 'Accept'];
      const headers = fc.dictionary(fc.constantFrom(...names), anyHeader);
      const property = fc.asyncProperty(headers, async (different) => {
        const answer = await send({ headers: different });
        assertDeclared(answer);
        for (const value of Object.values(answer.headers)) assert.match(value, /^[\x20-\xff]*$/);
      });
      await fc.assert(property, RUNS);
    });
  });
});
