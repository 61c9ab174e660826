import assert from 'node:assert/strict';
import { createAuthenticator } from '../../src/accounts/authenticate.ts';
import { createSessionCache, SESSION_CACHE } from '../../src/accounts/sessionCache.ts';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import type { Services } from '../../src/app/services.ts';
import { BRAKE_SETTINGS, createBrakes } from '../../src/brakes/brakes.ts';
import { BUDGET_SETTINGS, createBudgets, limitsOf } from '../../src/budgets/budgets.ts';
import { createRateLimiter, RATE_LIMIT_SETTINGS } from '../../src/http/rateLimit.ts';
import { firestoreStores } from '../support/adapters.ts';
import { assertProblem } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { onEveryEndpoint, sharingPath } from '../support/everyEndpoint.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { type Fault, startGrpcProxy } from '../support/grpcProxy.ts';
import { memoryServices } from '../support/memory/services.ts';
import { validRequest } from '../support/requests.ts';
import { suite } from '../support/suite.ts';

/** CANCELLED, UNKNOWN, INTERNAL and UNAUTHENTICATED, and RST_STREAM, which the SDK shows as INTERNAL. */
const KINDS = ['reset', 13, 1, 2, 16] as const;
const BEFORE: Fault[] = KINDS.map((by) => ({ by, isApplied: false }));
const AFTER: Fault[] = KINDS.map((by) => ({ by, isApplied: true }));
/** Each commit fails in one way before it is applied and in one after; the next commit takes the next ways. */
let turn = 0;
const named = ({ by, isApplied }: Fault) =>
  `${by === 'reset' ? 'RST_STREAM' : `gRPC ${by}`} ${isApplied ? 'after' : 'before'} it was applied`;

describe('a transient error of Firestore', () => {
  let proxy: Awaited<ReturnType<typeof startGrpcProxy>>;
  before(async () => {
    proxy = await startGrpcProxy(suite.firestoreHost);
  });
  after(() => proxy.stop());

  /** An instance on an empty database behind the proxy. */
  const freshServices = (): Services => {
    const { services } = memoryServices();
    const { clock, log, config } = services;
    const db = emptyFirestore(undefined, proxy.host);
    const { rateLimits, budgets, brakes: brakeStore, ...stores } = firestoreStores(db);
    const brakes = createBrakes(brakeStore, clock, log, BRAKE_SETTINGS);
    const sessionCache = createSessionCache(stores.accounts, clock, brakes, SESSION_CACHE);
    return {
      ...services,
      ...stores,
      brakes,
      brakeStore,
      budgets: createBudgets(budgets, clock, log, limitsOf(config), BUDGET_SETTINGS),
      sessionCache,
      authenticate: createAuthenticator(services.keys, sessionCache, clock),
      rateLimiter: createRateLimiter(rateLimits, clock, log, RATE_LIMIT_SETTINGS),
    };
  };

  /** Sends the endpoint's valid request while chosen commits fail; answers, too, how many commits it made. */
  const ask = async (definition: ServedEndpoint, faultOf: (nth: number) => Fault | null) => {
    proxy.choose(() => null);
    const services = freshServices();
    const valid = await validRequest(definition, services);
    proxy.choose(faultOf);
    const answer = await call([definition, ...sharingPath(definition)], services, valid);
    const commits = proxy.commits();
    proxy.choose(() => null);
    return { answer, commits };
  };

  onEveryEndpoint((definition) => {
    it('on any one commit is not seen by the caller', async function () {
      this.timeout(60_000);
      const { answer: expected, commits } = await ask(definition, () => null);
      assert.ok(expected.status < 300, expected.text);
      for (let nth = 0; nth < commits; nth += 1) {
        for (const fault of [BEFORE, AFTER].map((faults) => faults[turn++ % faults.length] as Fault)) {
          const { answer } = await ask(definition, (commit) => (commit === nth ? fault : null));
          const what = `${named(fault)} on commit ${nth + 1} of ${commits}`;
          assert.equal(answer.status, expected.status, `${what}: ${answer.text}`);
          assert.equal(comparable(answer.text), comparable(expected.text), what);
        }
      }
    });

    it('that does not pass is 503, and says when to try again', async function () {
      this.timeout(60_000);
      const { answer } = await ask(definition, () => ({ by: 13, isApplied: false }));
      // A read needs no commit: requests are counted alone meanwhile.
      if (answer.status >= 300) assertProblem(answer, 'unavailable');
      else assert.equal(definition.method, 'GET');
    });
  });
});

/** An answer without what is new in each. */
const comparable = (text: string) =>
  text
    .replace(/"(accessToken|refreshToken|expiresAt)":"[^"]*"/g, '"$1"')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'uuid')
    .replace(/\d{15,20}/g, 'tweet');
