import { join } from 'node:path';
import { command } from './lib/command.mjs';
import { root } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { setup } from './lib/setup.mjs';

const help = `npm run openapi

Generates openapi.json, client/api.ts and docs/message.schema.json from the code.`;

await command(
  async () => {
    await setup();
    return (await run('node', [join(root, 'scripts/lib/writeDocuments.mjs')])).code;
  },
  { help },
);
