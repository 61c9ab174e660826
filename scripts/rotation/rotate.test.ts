import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { signAccessToken, verifyAccessToken } from '../../functions/src/accounts/accessToken.ts';
import { createKeyring, type Keyring } from '../../functions/src/accounts/keys.ts';
import { issueRefreshToken, readRefreshToken } from '../../functions/src/accounts/refreshToken.ts';
import { readSecrets, SIGNING_SECRETS } from '../../functions/src/config/secrets.ts';
import { type Fault, fakeProject } from './fakeProject.ts';
import { rotate } from './rotate.mjs';
import { CURRENT, NONE, PREVIOUS } from './state.mjs';

const DAY = 86_400_000;
const SESSION_DAYS = 30;
const NAMES = ['login', 'refresh', 'capture'];
const ORDERS = NAMES.flatMap((first) => {
  const [second, third] = NAMES.filter((name) => name !== first) as [string, string];
  return [
    [first, second, third],
    [first, third, second],
  ];
});

const keyrings = new Map<string, Keyring>();
function keyringOf(env: Record<string, string>) {
  const id = JSON.stringify(env);
  const keyring = keyrings.get(id) ?? createKeyring(readSecrets(env));
  keyrings.set(id, keyring);
  return keyring;
}

const caller = { userId: randomUUID(), sessionId: randomUUID() };
const refreshContent = { sessionId: caller.sessionId, generation: 1 };

interface Issued {
  access: string;
  refresh: string;
  /** The last time that a function signed with this key. */
  last: number;
}

const verifies = async (keys: Keyring, { access, refresh }: Issued, now: Date) =>
  readRefreshToken(keys, refresh) !== null &&
  (await verifyAccessToken(keys, access, now).then(
    () => true,
    () => false,
  ));

/** A project whose functions constantly sign tokens and verify those of all others. */
async function busyProject() {
  const issued = new Map<string, Issued>();
  const refused: string[] = [];
  const project = fakeProject(NAMES, async () => {
    const now = project.now();
    const holders = project.keys().map(({ name, env }) => ({ name, keys: keyringOf(env) }));
    for (const { keys } of holders) {
      const known = issued.get(keys.current.kid);
      if (known) known.last = now.getTime();
      else {
        // Stands for the last token of this key, whose session lives on for its lifetime.
        const token = { id: randomUUID(), now, lifetimeSeconds: (365 * DAY) / 1000 };
        issued.set(keys.current.kid, {
          access: await signAccessToken(keys, caller, token),
          refresh: issueRefreshToken(keys, refreshContent),
          last: now.getTime(),
        });
      }
    }
    for (const token of issued.values()) {
      if (now.getTime() - token.last >= SESSION_DAYS * DAY) continue;
      for (const { name, keys } of holders) {
        if (!(await verifies(keys, token, now))) refused.push(`${name} after ${project.log.join(', ')}`);
      }
    }
  });
  project.store(CURRENT, `${randomBytes(48).toString('base64')}\n`);
  project.store(PREVIOUS, NONE);
  await project.deployAll();
  const printed: string[] = [];
  const run = (different: object = {}) =>
    rotate({
      cli: project.cli,
      sessionDays: SESSION_DAYS,
      confirm: () => true,
      print: (text: string) => printed.push(text),
      now: project.now,
      ...different,
    });
  const currentKeys = () => new Set(project.keys().map(({ env }) => env[CURRENT]?.trim()));
  const onlyKey = () => {
    const [key, ...others] = currentKeys();
    assert.equal(others.length, 0);
    return key as string;
  };
  return { project, issued, refused, printed, run, onlyKey };
}

/** Repeats the rotation until it succeeds and once more after the last session, and checks the keys. */
async function completed(
  { project, run, onlyKey, refused }: Awaited<ReturnType<typeof busyProject>>,
  oldKey: string,
) {
  for (let tries = 0; tries < 5; tries += 1) {
    const ended = await run().then(
      () => true,
      () => false,
    );
    if (ended) break;
  }
  assert.notEqual(onlyKey(), oldKey);
  for (const { env } of project.keys()) assert.equal(env[PREVIOUS]?.trim(), oldKey);
  project.pass((SESSION_DAYS + 2) * DAY);
  await run();
  for (const { env } of project.keys()) assert.equal(env[PREVIOUS], NONE);
  assert.deepEqual(refused, []);
}

describe('the rotation of the signing key', function () {
  this.timeout(120_000);

  it('is about the secrets that the functions sign with', () => {
    assert.deepEqual([CURRENT, PREVIOUS], SIGNING_SECRETS);
  });

  it('has no state that refuses a valid token, in whatever order the functions are updated [ASVS 11.1.1]', async () => {
    for (const first of ORDERS) {
      for (const second of ORDERS) {
        const busy = await busyProject();
        const oldKey = busy.onlyKey();
        let deployments = 0;
        const { deploy } = busy.project.cli;
        busy.project.cli.deploy = async () => {
          busy.project.deployInOrder(deployments === 0 ? first : second);
          deployments += 1;
          await deploy();
        };
        await completed(busy, oldKey);
      }
    }
  });

  it('continues after an interruption at any call, and swaps only a key that every function accepts', async () => {
    const { project, run } = await busyProject();
    project.failAt();
    await run();
    const calls = project.calls();
    assert.ok(calls > 20, String(calls));
    for (let call = 0; call < calls; call += 1) {
      for (const done of ['nothing', 'all', 1, 2] as const) {
        const busy = await busyProject();
        const oldKey = busy.onlyKey();
        busy.project.failAt({ call, done });
        await assert.rejects(busy.run(), /failed/);
        busy.project.failAt();
        await completed(busy, oldKey);
      }
    }
  });

  it('continues after any number of interruptions', async () => {
    const fault: fc.Arbitrary<Fault> = fc.record({
      call: fc.nat(40),
      done: fc.constantFrom<Fault['done'][]>('nothing', 'all', 0, 1, 2),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 6 }), async (faults) => {
        const busy = await busyProject();
        const oldKey = busy.onlyKey();
        for (const each of faults) {
          busy.project.failAt(each);
          await busy.run().catch(() => {});
        }
        busy.project.failAt();
        await completed(busy, oldKey);
      }),
      { numRuns: 40 },
    );
  });

  it('survives another deployment at any moment', async () => {
    const { project, run } = await busyProject();
    project.failAt();
    await run();
    for (let call = 0; call < project.calls(); call += 1) {
      const busy = await busyProject();
      const oldKey = busy.onlyKey();
      busy.project.beforeCall(call, () => busy.project.deployAll());
      await completed(busy, oldKey);
    }
  });

  it('removes the old key only after its last session, and continues if that is interrupted', async () => {
    const rotated = async () => {
      const busy = await busyProject();
      const oldKey = busy.onlyKey();
      await busy.run();
      return { ...busy, oldKey };
    };
    const early = await rotated();
    early.project.pass(SESSION_DAYS * DAY);
    const before = early.project.log.length;
    await early.run();
    assert.deepEqual(
      early.project.log.slice(before).filter((what) => /^set|deploy/.test(what)),
      [],
    );
    assert.match(early.printed.at(-1) ?? '', /2026-04-01/);

    const late = await rotated();
    late.project.pass((SESSION_DAYS + 2) * DAY);
    late.project.failAt();
    await late.run();
    const calls = late.project.calls();
    for (let call = 0; call < calls; call += 1) {
      for (const done of ['nothing', 0, 1, 2] as const) {
        const { project, run, onlyKey, oldKey, refused } = await rotated();
        const newKey = onlyKey();
        project.pass((SESSION_DAYS + 2) * DAY);
        project.failAt({ call, done });
        await assert.rejects(run(), /failed/);
        project.failAt();
        if (project.keys().some(({ env }) => env[PREVIOUS] !== NONE)) await run();
        assert.ok(project.keys().every(({ env }) => env[PREVIOUS] === NONE));
        assert.equal(onlyKey(), newKey);
        assert.notEqual(newKey, oldKey);
        assert.deepEqual(refused, []);
      }
    }
  });

  it('drops a leaked key at once, also during a rotation and after an interruption', async () => {
    for (let call = 0; call < 40; call += 1) {
      const busy = await busyProject();
      const oldKey = busy.onlyKey();
      busy.project.failAt({ call, done: 'nothing' });
      await busy.run().catch(() => {});
      busy.project.failAt({ call: call % 3, done: 'all' });
      await busy.run({ isLeaked: true }).catch(() => {});
      busy.project.failAt();
      assert.ok(await busy.run({ isLeaked: true }));
      const held = busy.project.keys().flatMap(({ env }) => Object.values(env));
      assert.ok(!held.includes(oldKey));
      for (const { env } of busy.project.keys()) assert.equal(env[PREVIOUS], NONE);
      busy.onlyKey();
    }
  });

  it('rejects a key that no function accepts, unless the old one has leaked', async () => {
    const { project, run } = await busyProject();
    project.store(CURRENT, randomBytes(48).toString('base64'));
    await assert.rejects(run(), /--leaked/);
  });

  it('repairs a manual rotation, without a state that rejects a valid token', async () => {
    const busy = await busyProject();
    const oldKey = busy.onlyKey();
    busy.project.store(PREVIOUS, oldKey);
    busy.project.pass(1000);
    busy.project.store(CURRENT, randomBytes(48).toString('base64'));
    await completed(busy, oldKey);
  });

  it('does not swap if a function has lost the new key', async () => {
    const reference = await busyProject();
    await reference.run();
    const { log } = reference.project;
    const swap = log.lastIndexOf(`set ${PREVIOUS}`);
    const busy = await busyProject();
    const oldKey = busy.onlyKey();
    busy.project.beforeCall(log.lastIndexOf('functions', swap), async () => busy.project.rollBack('refresh'));
    await assert.rejects(busy.run(), /have changed/);
    assert.ok(!busy.project.log.includes(`set ${CURRENT}`));
    await completed(busy, oldKey);
  });

  it('prints an unconfirmed plan, and changes nothing', async () => {
    for (const different of [
      { isDryRun: true },
      { confirm: () => false },
      { isDryRun: true, isLeaked: true },
    ]) {
      const { project, run, printed } = await busyProject();
      assert.equal(await run(different), false);
      assert.deepEqual(
        project.log.filter((what) => /^set|deploy/.test(what)),
        [],
      );
      assert.match(printed.join(), /Plan:\n {2}1\. /);
    }
  });

  it('fails if nothing is deployed, or a function keeps an older key', async () => {
    const { project, run } = await busyProject();
    const nothing = { ...project.cli, functions: async () => [] };
    await assert.rejects(run({ cli: nothing }), /Deploy first/);
    const lazy = { ...project.cli, deploy: async () => {} };
    await assert.rejects(run({ cli: lazy }), /older keys: login, refresh, capture\./);
  });
});
