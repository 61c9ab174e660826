import { CURRENT, PREVIOUS } from './state.mjs';

interface Version {
  version: string;
  isEnabled: boolean;
  createdAt: Date;
  value: string;
}

/** A fault at one call, which takes effect not at all, in full, or for a number of functions of a deployment. */
export interface Fault {
  call: number;
  done: 'nothing' | 'all' | number;
}

const MINUTE = 60_000;

/**
 * A project in memory with the interface of `firebaseCliOf`: versions of secrets, and the versions of each function.
 * A deployment updates one function after another; `seen` is called after each change.
 */
export function fakeProject(names: string[], seen: () => void | Promise<void> = () => {}) {
  let clock = Date.parse('2026-03-01T12:00:00Z');
  let calls = 0;
  let faults: Fault[] = [];
  let order = names;
  let interlude: { call: number; work: () => unknown } | undefined;
  const log: string[] = [];
  const secrets = new Map<string, Version[]>();
  const functions = new Map<string, Record<string, string>>();

  const store = (name: string, value: string) => {
    const versions = secrets.get(name) ?? [];
    const version = {
      version: String(versions.length + 1),
      isEnabled: true,
      createdAt: new Date(clock),
      value,
    };
    secrets.set(name, [version, ...versions]);
  };
  const versionOf = (name: string) => secrets.get(name)?.[0]?.version ?? '';
  const update = (name: string) =>
    functions.set(name, { [CURRENT]: versionOf(CURRENT), [PREVIOUS]: versionOf(PREVIOUS) });
  const valueAt = (name: string, version: string) =>
    secrets.get(name)?.find((each) => each.version === version)?.value ?? '';

  async function call<T>(what: string, work: (most: number) => T | Promise<T>): Promise<T> {
    clock += MINUTE;
    if (interlude?.call === calls) await interlude.work();
    const fault = faults.find(({ call: at }) => at === calls);
    calls += 1;
    log.push(what);
    if (fault?.done === 'nothing') throw new Error(`${what} failed`);
    const most = typeof fault?.done === 'number' ? fault.done : Number.POSITIVE_INFINITY;
    const result = await work(most);
    if (fault) throw new Error(`${what} failed after it was done`);
    return result;
  }

  return {
    log,
    secrets,
    store,
    now: () => new Date(clock),
    pass: (ms: number) => {
      clock += ms;
    },
    failAt(...wanted: Fault[]) {
      calls = 0;
      faults = wanted;
    },
    calls: () => calls,
    beforeCall(call: number, work: () => unknown) {
      calls = 0;
      interlude = { call, work };
    },
    deployInOrder(next: string[]) {
      order = next;
    },
    /** A `firebase deploy` by another person. */
    async deployAll() {
      for (const name of order) {
        update(name);
        await seen();
      }
    },
    /** Routes the traffic of a function to its first version. */
    rollBack: (name: string) => functions.set(name, { [CURRENT]: '1', [PREVIOUS]: '1' }),
    /** The keys of each function. */
    keys: () =>
      [...functions].map(([name, versions]) => ({
        name,
        env: {
          [CURRENT]: valueAt(CURRENT, versions[CURRENT] ?? ''),
          [PREVIOUS]: valueAt(PREVIOUS, versions[PREVIOUS] ?? ''),
        },
      })),
    cli: {
      functions: () =>
        call('functions', () =>
          [...functions].map(([name, versions]) => ({ name, versions: { ...versions } })),
        ),
      versions: (name: string) =>
        call(`versions ${name}`, () => (secrets.get(name) ?? []).map(({ value: _, ...version }) => version)),
      access: (name: string, version: string) => call(`access ${name}`, () => `${valueAt(name, version)}\n`),
      set: (name: string, value: string) =>
        call(`set ${name}`, async () => {
          store(name, value);
          await seen();
        }),
      deploy: () =>
        call('deploy', async (most) => {
          for (const name of order.slice(0, most)) {
            clock += MINUTE;
            update(name);
            await seen();
          }
        }),
    },
  };
}
