import { CliError } from '../cli/errors.mjs';

export const CURRENT = 'JWT_SECRET_KEY';
export const PREVIOUS = 'JWT_SECRET_KEY_PREVIOUS';
/** Secret Manager stores no empty value. */
export const NONE = 'none';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Reads the state of a rotation: the latest versions of both secrets, and the keys of each deployed function. Nothing is
 * stored on this machine.
 */
export async function readState(cli) {
  const functions = await cli.functions();
  if (functions.length === 0) {
    throw new CliError('No deployed function uses the secrets. Deploy first: npx firebase deploy.');
  }
  const current = await readSecret(cli, CURRENT);
  const previous = await readSecret(cli, PREVIOUS);
  const deployed = [];
  for (const { name, versions } of functions) {
    const keys = { current: await current.read(versions[CURRENT]) };
    deployed.push({ name, ...keys, previous: await previous.read(versions[PREVIOUS]) });
  }
  return { current: await current.latest(), previous: await previous.latest(), deployed };
}

/** The versions of a secret, each read once. The value of a destroyed version is undefined, which equals no key. */
async function readSecret(cli, name) {
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
      throw new CliError(
        `The latest version of ${name} is disabled or destroyed. Set it: npx firebase functions:secrets:set ${name}`,
      );
    },
  };
}

/**
 * The steps that are left of the rotation, in order. `removableAt` is set while the old key must still be accepted.
 *
 * The dates of the versions show the phase: the new key is first stored as the previous one, so the latest version of
 * JWT_SECRET_KEY is the newer one only after the swap.
 */
export function planFrom(state, sessionDays, now) {
  const { current, previous } = state;
  const isSigning = state.deployed.every((keys) => keys.current === current.value);
  const isDeployed = isSigning && state.deployed.every((keys) => keys.previous === previous.value);
  const phase = phaseOf(state);

  if (phase === 'swapped') {
    if (!isKnownEverywhere(state)) return { steps: ['unswap', 'deploy', 'swap', 'deploy'] };
    if (!isDeployed) return { steps: ['sign', 'deploy'] };
    const removableAt = new Date(current.createdAt.getTime() + (sessionDays + 1) * DAY_MS);
    return now < removableAt ? { steps: [], removableAt } : { steps: ['remove', 'deploy'] };
  }
  if (!isSigning) {
    throw new CliError(
      `The latest version of ${CURRENT} is not the key that the functions sign with, so deploying it would sign ` +
        'everyone out. If the old key has leaked, run this with --leaked. If not, store the old key again.',
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

/** Whether every function accepts the key that will sign next. Only then may that key be deployed. */
export const isKnownEverywhere = ({ current, deployed }) =>
  deployed.every((keys) => keys.current === current.value || keys.previous === current.value);

/** The names of the functions that do not have the latest versions. */
export const outdatedFunctions = ({ current, previous, deployed }) =>
  deployed
    .filter((keys) => keys.current !== current.value || keys.previous !== previous.value)
    .map(({ name }) => name);
