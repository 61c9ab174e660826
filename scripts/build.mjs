import { build } from './lib/build.mjs';
import { command } from './lib/command.mjs';
import { setup } from './lib/setup.mjs';

const help = `npm run build

Checks the types of the functions, bundles them into functions/lib, and builds the site into public/. It also creates the
secrets of the local emulators, functions/.secret.local, if they are missing.`;

await command(
  async () => {
    await setup();
    await build();
  },
  { help },
);
