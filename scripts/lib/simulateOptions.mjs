export const HELP = `npm run simulate -- [options]

Runs the real code through seeded days of faults, on simulated stores, clock and Pub/Sub: 10,000 seeds, from a random one on.

  --seeds <n>   runs n seeds
  --from <n>    starts with this seed
  --seed <n>    runs one seed, and prints each step
  --bug <name>  plants a deliberate mistake in the code, with any of the above; docs/simulation.md lists them
  --bugs        measures how many seeds it takes to find each of these mistakes
  -h, --help    prints this`;

export const OPTIONS = /** @type {const} */ ({
  seed: { type: 'string' },
  seeds: { type: 'string' },
  from: { type: 'string' },
  bug: { type: 'string' },
  bugs: { type: 'boolean' },
});
