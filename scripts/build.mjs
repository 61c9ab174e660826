import { build } from './build/build.mjs';
import { runCommand } from './cli/command.mjs';

await runCommand('build', async () => {
  await build();
});
