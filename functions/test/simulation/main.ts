import { randomInt } from 'node:crypto';
import { runCommand } from '../../../scripts/cli/command.mjs';
import { UsageError } from '../../../scripts/cli/errors.mjs';
import { BUGS } from './bugs.ts';
import { simulateMany, tellFailure } from './many.ts';
import { seedsToFind } from './measure.ts';
import { simulate } from './simulate.ts';

const SEEDS = 10_000;
const MAX_PER_BUG = 5000;
const SERIES = 5;

/** Tells one seed's story as it goes. */
async function replay(seed: number, bug: string | undefined): Promise<boolean> {
  const { failure, steps } = await simulate(seed, {
    bug: BUGS[bug ?? ''] ?? null,
    tell: (at, who, what) =>
      console.log(`${at.toISOString().replace('T', ' ').slice(5, -1)}  ${who.padEnd(16)} ${what}`),
  });
  if (failure === null) console.log(`${steps} steps, and every promise was kept.`);
  else tellFailure(seed, failure, bug);
  return failure === null;
}

async function measureBugs(): Promise<boolean> {
  console.log(
    `| Mistake | Seeds until it is found, the median of ${SERIES} series | the most |\n|---|---|---|`,
  );
  let isComplete = true;
  for (const [name, { title }] of Object.entries(BUGS)) {
    const needed: number[] = [];
    for (let series = 0; series < SERIES; series += 1) {
      const found = await seedsToFind(name, 1 + series * MAX_PER_BUG, MAX_PER_BUG);
      isComplete &&= found !== null;
      needed.push(found ?? Number.POSITIVE_INFINITY);
    }
    needed.sort((a, b) => a - b);
    console.log(`| ${title} (\`${name}\`) | ${needed[Math.floor(SERIES / 2)]} | ${needed.at(-1)} |`);
  }
  return isComplete;
}

interface Options {
  bug?: string;
  bugs?: boolean;
  seed?: string;
  seeds?: string;
  from?: string;
}

function numberOf(options: Options, name: 'seed' | 'seeds' | 'from'): number | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  if (/^[0-9]{1,10}$/.test(text)) return Number(text);
  throw new UsageError(`--${name} must be a whole number, not ${text}.`);
}

await runCommand('simulate', async (options: Options) => {
  const { bug } = options;
  if (bug && !BUGS[bug]) throw new UsageError(`--bug must be one of ${Object.keys(BUGS).join(', ')}.`);
  const [seed, seeds, from] = (['seed', 'seeds', 'from'] as const).map((name) => numberOf(options, name));
  let isPassed: boolean;
  if (options.bugs) isPassed = await measureBugs();
  else if (seed !== undefined) isPassed = await replay(seed, bug);
  else isPassed = await simulateMany(from ?? randomInt(2 ** 31), seeds ?? SEEDS, bug);
  return isPassed ? 0 : 1;
});
