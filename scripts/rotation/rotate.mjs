import { randomBytes } from 'node:crypto';
import { CliError } from '../cli/errors.mjs';
import {
  CURRENT,
  isKnownEverywhere,
  NONE,
  outdatedFunctions,
  PREVIOUS,
  phaseOf,
  planFrom,
  readState,
} from './state.mjs';

const DESCRIPTIONS = {
  introduce: `create a new key and store it as ${PREVIOUS}: functions accept it, and none signs with it`,
  unswap: `store the old key as ${CURRENT} again and the new one as ${PREVIOUS}: some functions do not have the new key`,
  swap: `store the old key as ${PREVIOUS} and the new one as ${CURRENT}`,
  sign: `store the new key as ${CURRENT} once more, to record when functions stopped signing with the old one`,
  remove: `store "${NONE}" as ${PREVIOUS}: functions stop accepting the old key`,
  replace: `store "${NONE}" as ${PREVIOUS} and a new key as ${CURRENT}: every session ends`,
  deploy: 'deploy the functions',
};

const CHANGED = 'The secrets or the functions have changed during this run. Run this again.';
const PRUNE = 'Destroy the versions that no function uses: npx firebase functions:secrets:prune';

const newKey = () => randomBytes(48).toString('base64');

/** Every step can be repeated: a rotation that was interrupted after any call continues from the stored state. */
const STEPS = {
  introduce: (cli) => cli.set(PREVIOUS, newKey()),
  async unswap(cli) {
    const { current, previous } = await readState(cli);
    await cli.set(CURRENT, previous.value);
    await cli.set(PREVIOUS, current.value);
  },
  async swap(cli) {
    const state = await readState(cli);
    const { current, previous } = state;
    if (phaseOf(state) !== 'introduced' || outdatedFunctions(state).length > 0) throw new CliError(CHANGED);
    // In this order, a deployment between the two calls leaves functions that sign with and accept the old key.
    await cli.set(PREVIOUS, current.value);
    await cli.set(CURRENT, previous.value);
  },
  async sign(cli) {
    await cli.set(CURRENT, (await readState(cli)).current.value);
  },
  remove: (cli) => cli.set(PREVIOUS, NONE),
  async replace(cli) {
    await cli.set(PREVIOUS, NONE);
    await cli.set(CURRENT, newKey());
  },
  async deploy(cli) {
    const state = await readState(cli);
    if (phaseOf(state) === 'swapped' && !isKnownEverywhere(state)) throw new CliError(CHANGED);
    await cli.deploy();
    const outdated = outdatedFunctions(await readState(cli));
    if (outdated.length === 0) return;
    throw new CliError(`These functions still have older keys: ${outdated.join(', ')}. Run this again.`);
  },
};

/**
 * Rotates the key that signs tokens, and continues a rotation that was interrupted. Prints the plan and calls `confirm`
 * once. A leaked key is dropped at once. Returns whether the plan was executed.
 */
export async function rotate({ cli, sessionDays, isLeaked = false, isDryRun = false, confirm, print, now }) {
  const nextPlan = async () => planFrom(await readState(cli), sessionDays, now());
  const { steps } = isLeaked ? { steps: ['replace', 'deploy'] } : await nextPlan();
  if (steps.length > 0) {
    print(['Plan:', ...steps.map((step, index) => `  ${index + 1}. ${DESCRIPTIONS[step]}`)].join('\n'));
    if (isDryRun || !(await confirm())) return false;
  }
  for (const [index, step] of steps.entries()) {
    print(`${index + 1} of ${steps.length}: ${DESCRIPTIONS[step]} ...`);
    await STEPS[step](cli);
  }
  print(
    isLeaked
      ? `Done: the old key is useless, and everyone has to sign in again.\n${PRUNE}`
      : formatResult(await nextPlan()),
  );
  return true;
}

function formatResult({ removableAt }) {
  if (!removableAt) return `Done: the functions use a single key.\n${PRUNE}`;
  return (
    'Done: the functions sign with the new key and still accept the old one. ' +
    `Run this again on ${removableAt.toISOString().slice(0, 10)} or later, when every session of the old key has ` +
    'ended, to remove it. If it leaks before then, run this with --leaked.'
  );
}
