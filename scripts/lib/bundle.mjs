import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { functions } from './project.mjs';

/** Google's libraries take longer to load than all else together: each is loaded when something of it is used. */
const LATER = ['firebase-admin/app', 'firebase-admin/firestore'];
/** What nobody uses of these is left out: firebase-functions also serves kinds of functions that we have none of. */
const ONLY_WHAT_IS_USED = { test: /firebase-admin\/lib\/esm/, sideEffects: false };

// The name index.cjs spares the functions framework a search for what kind of module it is. The cache of the cloud build
// is for what is loaded after its line.
const INDEX = `const cache = __dirname + '/cache';
if (require('node:fs').existsSync(cache)) require('node:module').enableCompileCache(cache);
try {
  module.exports = require('./functions.cjs');
} catch (error) {
  throw require('./sourceStack.cjs').namingSources(error);
}
`;

const require = createRequire(join(functions, 'package.json'));
const nameOf = (id) => id.replace('/', '-');

/** Has what the package has, and loads it when the first of that is asked for. */
const facade = (id) => `for (const name of ${JSON.stringify(Object.keys(require(id)))}) {
  Object.defineProperty(exports, name, { enumerable: true, get: () => require('./google/${nameOf(id)}.cjs')[name] });
}
`;

const later = {
  name: 'later',
  resolveId: (id) => (LATER.includes(id) ? { id: `./${nameOf(id)}.cjs`, external: true } : null),
};

/**
 * Bundles the functions' sources with their packages into a folder, as index.cjs and what that loads. Needs the
 * project's own node. docs/performance.md says what each part of this buys; a measurement can leave some out.
 */
export async function bundle(folder, { plugins = [], minify = true, trimmed = [ONLY_WHAT_IS_USED] } = {}) {
  const treeshake = { moduleSideEffects: trimmed };
  const names = { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' };
  const write = async (input, dir, options, plugins) => {
    const made = await rolldown({ input, platform: 'node', treeshake, plugins });
    await made.write({ dir, sourcemapExcludeSources: true, ...names, ...options });
    await made.close();
  };
  const libraries = Object.fromEntries(LATER.map((id) => [nameOf(id), require.resolve(id)]));
  await write(libraries, join(folder, 'google'), { minify }, []);
  const sources = {
    functions: join(functions, 'src/index.ts'),
    sourceStack: join(functions, 'src/sourceStack.ts'),
  };
  await write(sources, folder, { sourcemap: true }, [later, ...plugins]);
  for (const id of LATER) writeFileSync(join(folder, `${nameOf(id)}.cjs`), facade(id));
  writeFileSync(join(folder, 'index.cjs'), INDEX);
}

if (import.meta.main) await bundle(process.argv[2]);
