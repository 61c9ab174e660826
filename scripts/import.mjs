import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { command } from './lib/command.mjs';
import { HELP, importOptions } from './lib/importOptions.mjs';
import { root } from './lib/project.mjs';
import { environment } from './lib/run.mjs';
import { setup } from './lib/setup.mjs';

/** Runs the import on the project's own node, which reads TypeScript as it is. */
await command(async () => {
  const args = process.argv.slice(2);
  if (!importOptions(args)) return console.log(HELP);
  await setup();

  const main = join(root, 'scripts/import/main.ts');
  const child = spawn(join(root, 'node_modules/.bin/node'), [main, ...args], {
    env: environment(),
    stdio: 'inherit',
  });
  // The import ends in its own way, and this waits for it. A terminal tells both.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, 'close');
  return code ?? 1;
});
