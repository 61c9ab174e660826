import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { command, UsageError } from './lib/command.mjs';
import { checkJava } from './lib/java.mjs';
import { root } from './lib/project.mjs';
import { environment, run } from './lib/run.mjs';
import { install, setup } from './lib/setup.mjs';

const PARTS = ['cold', 'loads', 'means', 'warm', 'memory', 'growth'];

const help = `npm run bench -- [--quick] [<part> ...]

Measures the project beside a minimal implementation and the usual ones, and writes the results to docs/bench. With parts,
it measures those alone, and keeps the other results: ${PARTS.join(', ')}.

  --quick     smaller amounts, about 5 minutes
  -h, --help  prints this`;

await command(
  async ({ quick, arguments: parts }) => {
    const unknown = parts.find((part) => !PARTS.includes(part));
    if (unknown) throw new UsageError(`There is no part '${unknown}'. The parts are ${PARTS.join(', ')}.`);
    await setup();
    await install(join(root, 'bench'), "bench's packages");
    await checkJava();
    await build();
    const args = [join(root, 'bench/main.mjs'), ...(quick ? ['--quick'] : []), ...parts];
    return (await run('node', args, { env: environment() })).code;
  },
  { help, options: { quick: { type: 'boolean' } }, most: PARTS.length },
);
