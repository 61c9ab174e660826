import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { command } from './lib/command.mjs';
import { checkJava } from './lib/java.mjs';
import { root } from './lib/project.mjs';
import { environment, run } from './lib/run.mjs';
import { install, setup } from './lib/setup.mjs';

/** Measures the project beside the least that one could do and the usual ways of doing it; --quick takes 5 minutes. */
await command(async () => {
  await setup();
  await install(join(root, 'bench'), "bench's packages");
  await checkJava();
  await build();
  const main = join(root, 'bench/main.mjs');
  return (await run('node', [main, ...process.argv.slice(2)], { env: environment() })).code;
});
