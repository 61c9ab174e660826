import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientTypes } from './clientTypes.mjs';
import { documents } from './documents.mjs';
import { root } from './project.mjs';

const written = documents();
const types = { 'client/api.ts': await clientTypes(written['openapi.json']) };
for (const [path, text] of Object.entries({ ...written, ...types })) {
  writeFileSync(join(root, path), text);
  console.log(`Wrote ${path}.`);
}
