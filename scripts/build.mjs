import { build } from './lib/build.mjs';
import { command } from './lib/command.mjs';
import { setup } from './lib/setup.mjs';

await command(async () => {
  await setup();
  await build();
});
