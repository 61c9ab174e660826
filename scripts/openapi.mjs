import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './cli/command.mjs';
import { clientTypes } from './openapi/clientTypes.mjs';
import { generateDocs } from './openapi/generateDocs.mjs';
import { root } from './project.mjs';

await runCommand('openapi', async () => {
  const docs = generateDocs();
  const files = { ...docs, 'client/api.ts': await clientTypes(docs['openapi.json']) };
  for (const [path, text] of Object.entries(files)) {
    writeFileSync(join(root, path), text);
    console.log(`Wrote ${path}.`);
  }
});
