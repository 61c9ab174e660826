import { randomBytes } from 'node:crypto';
import { Failure } from '../command.mjs';
import { behind, CURRENT, everyoneVerifies, NONE, PREVIOUS, phaseOf, planFrom, readState } from './state.mjs';

const WORDS = {
  introduce: `make a new key and store it as ${PREVIOUS}: functions verify with it, and none signs with it`,
  unswap: `store the old key as ${CURRENT} again and the new one as ${PREVIOUS}: not every function knows the new key`,
  swap: `store the old key as ${PREVIOUS} and the new one as ${CURRENT}`,
  sign: `store the new key as ${CURRENT} once more, so that the time from which nothing is signed with the old one is known`,
  forget: `store "${NONE}" as ${PREVIOUS}: the old key is forgotten`,
  replace: `store "${NONE}" as ${PREVIOUS} and a new key as ${CURRENT}: every session ends`,
  deploy: 'deploy the functions',
};

const CHANGED = 'The secrets or the functions were changed meanwhile. Run this again.';

const newKey = () => randomBytes(48).toString('base64');

/** Each step can be repeated, and a rotation that was interrupted after any call goes on from what is stored. */
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
    if (phaseOf(state) !== 'introduced' || behind(state).length > 0) throw new Failure(CHANGED);
    // This order: if someone deploys in between, the functions still sign and verify with the old key.
    await cli.set(PREVIOUS, current.value);
    await cli.set(CURRENT, previous.value);
  },
  async sign(cli) {
    await cli.set(CURRENT, (await readState(cli)).current.value);
  },
  forget: (cli) => cli.set(PREVIOUS, NONE),
  async replace(cli) {
    await cli.set(PREVIOUS, NONE);
    await cli.set(CURRENT, newKey());
  },
  async deploy(cli) {
    const state = await readState(cli);
    if (phaseOf(state) === 'swapped' && !everyoneVerifies(state)) throw new Failure(CHANGED);
    await cli.deploy();
    const late = behind(await readState(cli));
    if (late.length === 0) return;
    throw new Failure(`These functions still hold older keys: ${late.join(', ')}. Run this again.`);
  },
};

/**
 * Rotates the key that signs tokens, from wherever an earlier run stopped. `agree` is asked once, after the plan was
 * told; with `leaked` the old key is dropped at once. Returns whether the plan was carried out.
 */
export async function rotate({ cli, sessionDays, leaked = false, dryRun = false, agree, tell, now }) {
  const plan = leaked ? { steps: ['replace', 'deploy'] } : planFrom(await readState(cli), sessionDays, now());
  if (plan.steps.length > 0) {
    tell(['This will', ...plan.steps.map((step, index) => `  ${index + 1}. ${WORDS[step]}`)].join('\n'));
    if (dryRun || !(await agree())) return false;
  }
  for (const [index, step] of plan.steps.entries()) {
    tell(`${index + 1} of ${plan.steps.length}: ${WORDS[step]} ...`);
    await STEPS[step](cli);
  }
  tell(leaked ? LEAKED : ended(planFrom(await readState(cli), sessionDays, now())));
  return true;
}

const LEAKED = `Done: the old key is worth nothing, and everyone has to sign in again.\n${pruneHint()}`;

function ended({ forgetAt }) {
  if (!forgetAt) return `Done: the functions know one key.\n${pruneHint()}`;
  return (
    'Done: the functions sign with the new key, and still verify with the old one. ' +
    `Run this again from ${forgetAt.toISOString().slice(0, 10)} on, when no session is left that the old key signed, ` +
    'to forget it. If it leaks until then, run this with --leaked.'
  );
}

function pruneHint() {
  return 'Destroy the versions that no function uses: npx firebase functions:secrets:prune';
}
