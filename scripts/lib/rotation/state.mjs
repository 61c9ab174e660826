import { Failure } from '../command.mjs';

export const CURRENT = 'JWT_SECRET_KEY';
export const PREVIOUS = 'JWT_SECRET_KEY_PREVIOUS';
/** Secret Manager stores no empty value. */
export const NONE = 'none';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Reads where a rotation is: the latest versions of both secrets, and the keys that each deployed function holds.
 * Secret Manager and the functions know all of it, so nothing is kept on this machine.
 */
export async function readState(cli) {
  const functions = await cli.functions();
  if (functions.length === 0) {
    throw new Failure('No deployed function uses the secrets. Deploy first: npx firebase deploy.');
  }
  const current = await secretIn(cli, CURRENT);
  const previous = await secretIn(cli, PREVIOUS);
  const deployed = [];
  for (const { name, versions } of functions) {
    const held = { current: await current.read(versions[CURRENT]) };
    deployed.push({ name, ...held, previous: await previous.read(versions[PREVIOUS]) });
  }
  return { current: await current.latest(), previous: await previous.latest(), deployed };
}

/** The versions of a secret, each read once. One that was destroyed has no value, and no key is equal to it. */
async function secretIn(cli, name) {
  const versions = await cli.versions(name);
  const enabled = new Set(versions.filter(({ isEnabled }) => isEnabled).map(({ version }) => version));
  const values = new Map();
  const read = async (version) => {
    if (!enabled.has(version)) return undefined;
    if (!values.has(version)) values.set(version, (await cli.access(name, version)).trim());
    return values.get(version);
  };
  return {
    read,
    async latest() {
      const [newest] = versions;
      const value = await read(newest?.version);
      if (value) return { value, createdAt: newest.createdAt };
      throw new Failure(`The latest version of ${name} cannot be read. Set it, as the README says.`);
    },
  };
}

/**
 * What is left of the rotation, in order; `forgetAt` is set while the old key must still be kept.
 *
 * The order of the versions tells the phase: the new key is stored as the previous one first, so that the latest
 * version of JWT_SECRET_KEY is the newer one only after the swap.
 */
export function planFrom(state, sessionDays, now) {
  const { current, previous } = state;
  const signs = state.deployed.every((held) => held.current === current.value);
  const isDeployed = signs && state.deployed.every((held) => held.previous === previous.value);
  const phase = phaseOf(state);

  if (phase === 'swapped') {
    if (!everyoneVerifies(state)) return { steps: ['unswap', 'deploy', 'swap', 'deploy'] };
    if (!isDeployed) return { steps: ['sign', 'deploy'] };
    const forgetAt = new Date(current.createdAt.getTime() + (sessionDays + 1) * DAY_MS);
    return now < forgetAt ? { steps: [], forgetAt } : { steps: ['forget', 'deploy'] };
  }
  if (!signs) {
    throw new Failure(
      `The latest version of ${CURRENT} is not the key that the functions sign with, so to deploy it would sign ` +
        'everyone out. If the old key has leaked, run this with --leaked; else store the old key again.',
    );
  }
  if (phase === 'introduced') {
    return { steps: isDeployed ? ['swap', 'deploy'] : ['deploy', 'swap', 'deploy'] };
  }
  if (previous.value === NONE && !isDeployed) return { steps: ['deploy'] };
  return { steps: ['introduce', 'deploy', 'swap', 'deploy'] };
}

export function phaseOf({ current, previous }) {
  if (previous.value === NONE || previous.value === current.value) return 'settled';
  return previous.createdAt > current.createdAt ? 'introduced' : 'swapped';
}

/** Whether each function knows the key that is to sign next: only then may it be deployed. */
export const everyoneVerifies = ({ current, deployed }) =>
  deployed.every((held) => held.current === current.value || held.previous === current.value);

/** The functions that do not hold the latest versions. */
export const behind = ({ current, previous, deployed }) =>
  deployed
    .filter((held) => held.current !== current.value || held.previous !== previous.value)
    .map(({ name }) => name);
