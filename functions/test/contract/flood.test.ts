import assert from 'node:assert/strict';
import { capture, getAccount, health, login, refresh } from '../../src/app/endpoints.ts';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { call, type Sent } from '../support/call.ts';
import { needsToken, onEveryEndpoint, open } from '../support/everyEndpoint.ts';
import { unknownIds, withIds } from '../support/ids.ts';
import { memoryServices } from '../support/memory/services.ts';
import { bearer, refreshWith, signUp } from '../support/requests.ts';
import { sampleBody } from '../support/samples.ts';

/** Twice the public limit of a network is refused, then it is blocked. */
const LIMIT = 30;
const BLOCKED_AFTER = 2 * LIMIT;
const LINES = 20;
const environment = { PUBLIC_RATE_LIMIT_PER_MINUTE: String(LIMIT) };

const GARBAGE: Record<string, Sent> = {
  'no token': { headers: { Authorization: undefined } },
  'a bad token': { headers: { Authorization: 'Bearer a.b.c' } },
  'no credentials': { headers: { Authorization: 'Basic YTpi' } },
  'a wrong method': { method: 'PUT', headers: { Authorization: undefined } },
  'bad JSON': { body: '{', headers: { Authorization: undefined } },
};

/** Sends garbage from one network until it is blocked, and beyond. */
async function flood(
  endpoint: ServedEndpoint,
  memory: ReturnType<typeof memoryServices>,
  sent: Sent,
  times = 100,
) {
  const statuses: number[] = [];
  for (let request = 0; request < times; request += 1) {
    statuses.push((await call(endpoint, memory.services, sent)).status);
  }
  return statuses;
}

const requestLines = ({ lines }: ReturnType<typeof memoryServices>) =>
  lines.filter(({ event }) => event === 'request');

describe('a flood of refused requests', () => {
  for (const [what, garbage] of Object.entries(GARBAGE)) {
    it(`with ${what} is 429 from some point on, and logged no more`, async () => {
      const memory = memoryServices(environment);
      const statuses = await flood(capture, memory, garbage);
      assert.ok(!statuses.slice(0, BLOCKED_AFTER).includes(429));
      assert.ok(statuses.slice(BLOCKED_AFTER).every((status) => status === 429));
      assert.equal(requestLines(memory).length, LINES);
    });
  }

  it('of another path is 429, too', async () => {
    const memory = memoryServices(environment);
    await flood(capture, memory, { path: '/nothing' }, BLOCKED_AFTER);
    assertProblem(await call(capture, memory.services), 'rate_limited');
  });

  it('is told when to come back, and is answered again then', async () => {
    const memory = memoryServices(environment);
    memory.clock.advance(18_000);
    await flood(capture, memory, {}, BLOCKED_AFTER);
    const refused = await call(capture, memory.services);
    assertProblem(refused, 'rate_limited');
    assert.equal(refused.headers['Retry-After'], '42');
    memory.clock.advance(42_000);
    assertProblem(await call(capture, memory.services), 'unauthenticated');
  });

  it('is reported once a minute, with the number of requests that have no line', async () => {
    const memory = memoryServices(environment);
    await flood(capture, memory, {});
    const reports = () => memory.lines.filter(({ event }) => event === 'refusals_suppressed');
    assert.deepEqual(reports(), []);
    memory.clock.advance(60_000);
    await flood(capture, memory, {}, 3);
    assert.deepEqual(
      reports().map(({ fields }) => fields),
      [{ count: 100 - LINES }],
    );
  });

  it('by a whole IPv6 /64 is that of one network, and blocks no other', async () => {
    const memory = memoryServices(environment);
    for (let host = 0; host < BLOCKED_AFTER; host += 1) {
      await call(capture, memory.services, { ip: `2001:db8:1:2::${host.toString(16)}` });
    }
    const from = async (ip: string) => (await call(capture, memory.services, { ip })).status;
    assert.deepEqual([await from('2001:db8:1:2:ffff::1'), await from('2001:db8:1:3::1')], [429, 401]);
  });

  it('leaves preflights alone, and these have no log line', async () => {
    const memory = memoryServices(environment);
    await flood(capture, memory, {});
    const before = memory.lines.length;
    const statuses = await flood(capture, memory, { method: 'OPTIONS' });
    assert.deepEqual(new Set(statuses), new Set([204]));
    assert.equal(memory.lines.length, before);
  });

  it('is not blocked by failures of our own', async () => {
    const memory = memoryServices(environment);
    memory.rateLimits.lease = async () => {
      throw new Error('The database is down.');
    };
    const statuses = await flood(login, memory, { body: { email: 'a@example.com', password: 'x' } });
    assert.deepEqual(new Set(statuses), new Set([500]));
  });
});

describe('during a flood from the same network', () => {
  onEveryEndpoint((definition) => {
    it('a request with a good token succeeds', async () => {
      const { send } = await open(definition, environment);
      const garbage = {
        body: {},
        headers: { Authorization: undefined },
        ...(definition.params && { path: withIds(definition.path, unknownIds()) }),
      };
      for (let request = 0; request <= BLOCKED_AFTER; request += 1) await send(garbage);
      assertProblem(await send(garbage), 'rate_limited');
      assertSuccess(definition, await send());
    });
  }, needsToken);

  it('a user’s own mistakes are told as ever, and count for nobody else', async () => {
    const { services } = memoryServices(environment);
    const headers = await bearer(services);
    for (let request = 0; request < 2 * BLOCKED_AFTER; request += 1) {
      assertProblem(await call(capture, services, { headers, body: {} }), 'invalid_request');
    }
    assertProblem(await call(getAccount, services), 'unauthenticated');
  });

  it('a token that has expired is told so, so that its client can refresh', async () => {
    const memory = memoryServices(environment);
    const headers = await bearer(memory.services);
    memory.clock.advance(2 * 3_600_000);
    await flood(capture, memory, {});
    assertProblem(await call(capture, memory.services, { headers, body: sampleBody() }), 'token_expired');
  });

  it('a refresh that proves its session succeeds, and one that does not is 429', async () => {
    const memory = memoryServices(environment);
    const { refreshToken } = await signUp(memory.services);
    await flood(refresh, memory, { body: '{' });
    assertProblem(await refreshWith(memory.services, 'refresh_junk'), 'rate_limited');
    assert.equal((await refreshWith(memory.services, refreshToken)).status, 200);
  });

  it('a session that refreshes too often counts for nobody else', async () => {
    const { services } = memoryServices(environment);
    const { refreshToken } = await signUp(services);
    for (let request = 0; request < 4 * LIMIT; request += 1) await refreshWith(services, refreshToken);
    assertProblem(await refreshWith(services, 'refresh_junk'), 'invalid_refresh_token');
  });

  it('health is 429 for that network, and answers others', async () => {
    const memory = memoryServices(environment);
    await flood(health, memory, {});
    assertProblem(await call(health, memory.services), 'rate_limited');
    assertSuccess(health, await call(health, memory.services, { ip: '192.0.2.99' }));
  });
});

describe('a user beyond the rate limit', () => {
  it('has a bounded number of log lines', async () => {
    const memory = memoryServices({ RATE_LIMIT_PER_MINUTE: '3' });
    const headers = await bearer(memory.services);
    await flood(getAccount, memory, { headers });
    assert.equal(requestLines(memory).length, 3 + LINES);
  });
});

describe('a log line', () => {
  for (const [ip, marks] of [
    ['203.0.113.77', ['203.0.113.77']],
    ['2001:db8:1:2:3:4:5:6', ['2001:db8:1:2']],
  ] as const) {
    onEveryEndpoint((definition) => {
      it(`never holds the caller's whole address (${ip})`, async () => {
        const { send, lines } = await open(definition, { ...environment, RATE_LIMIT_PER_MINUTE: '3' });
        await send({ ip });
        for (const garbage of Object.values(GARBAGE)) {
          for (let request = 0; request < LIMIT; request += 1) await send({ ...garbage, ip });
        }
        const text = JSON.stringify(lines);
        for (const mark of marks) assert.ok(!text.includes(mark), text.slice(0, 1000));
      });
    });
  }
});
