import { join } from 'node:path';
import { command } from './lib/command.mjs';
import { functions } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { setup } from './lib/setup.mjs';

/** Lives through seeded stories of faults with the real code; `--help` says how. */
await command(async () => {
  await setup();
  const main = join(functions, 'test/simulation/main.ts');
  return (await run('node', [main, ...process.argv.slice(2)])).code;
});
