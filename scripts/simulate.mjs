import { join } from 'node:path';
import { command } from './lib/command.mjs';
import { functions } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { setup } from './lib/setup.mjs';
import { HELP, OPTIONS } from './lib/simulateOptions.mjs';

await command(
  async () => {
    await setup();
    const main = join(functions, 'test/simulation/main.ts');
    return (await run('node', [main, ...process.argv.slice(2)])).code;
  },
  { help: HELP, options: OPTIONS },
);
