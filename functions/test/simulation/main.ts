import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { OPTIONS } from '../../../scripts/lib/simulateOptions.mjs';
import { BUGS } from './bugs.ts';
import { simulateMany, tellFailure } from './many.ts';
import { seedsToFind } from './measure.ts';
import { simulate } from './simulate.ts';

const SEEDS = 10_000;
const MOST_PER_BUG = 5000;
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
      const found = await seedsToFind(name, 1 + series * MOST_PER_BUG, MOST_PER_BUG);
      isComplete &&= found !== null;
      needed.push(found ?? Number.POSITIVE_INFINITY);
    }
    needed.sort((a, b) => a - b);
    console.log(`| ${title} (\`${name}\`) | ${needed[Math.floor(SERIES / 2)]} | ${needed.at(-1)} |`);
  }
  return isComplete;
}

async function main(given: ReturnType<typeof parse>): Promise<boolean> {
  const { bug, seed, seeds, from } = given;
  if (given.bugs) return await measureBugs();
  if (seed !== undefined) return await replay(seed, bug);
  return await simulateMany(from ?? randomInt(2 ** 31), seeds ?? SEEDS, bug);
}

/** Throws a TypeError that says what is wrong. */
function parse() {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.bug && !BUGS[values.bug])
    throw new TypeError(`There is no mistake ${values.bug}. There are ${Object.keys(BUGS).join(', ')}.`);
  const number = (name: 'seed' | 'seeds' | 'from') => {
    const text = values[name];
    if (text === undefined || /^[0-9]{1,10}$/.test(text)) return text === undefined ? text : Number(text);
    throw new TypeError(`--${name} takes a whole number, not ${text}`);
  };
  return { ...values, seed: number('seed'), seeds: number('seeds'), from: number('from') };
}

function parsed() {
  try {
    return parse();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

process.exitCode = (await main(parsed())) ? 0 : 1;
