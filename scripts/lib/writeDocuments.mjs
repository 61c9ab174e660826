import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents } from './documents.mjs';
import { root } from './project.mjs';

for (const [path, text] of Object.entries(documents())) {
  writeFileSync(join(root, path), text);
  console.log(`Wrote ${path}.`);
}
