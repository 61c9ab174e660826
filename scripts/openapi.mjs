import { join } from 'node:path';
import { command } from './lib/command.mjs';
import { root } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { setup } from './lib/setup.mjs';

/** Writes openapi.json and the schema of the published message, which are generated from the code. */
await command(async () => {
  await setup();
  return (await run('node', [join(root, 'scripts/lib/writeDocuments.mjs')])).code;
});
