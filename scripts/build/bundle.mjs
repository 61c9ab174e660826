import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { functions } from '../project.mjs';

/** Google's libraries take longer to load than everything else together, so each is loaded on first use. */
const LAZY_PACKAGES = ['firebase-admin/app', 'firebase-admin/firestore'];
/** firebase-functions also supports kinds of functions that this project does not have; their imports are dropped. */
const SIDE_EFFECT_FREE = { test: /firebase-admin\/lib\/esm/, sideEffects: false };

// The extension .cjs spares the functions framework a look-up of the module type. The compile cache, if the cloud build
// wrote one, must be enabled before anything else is loaded.
const INDEX = `const cache = __dirname + '/cache';
if (require('node:fs').existsSync(cache)) require('node:module').enableCompileCache(cache);
module.exports = require('./functions.cjs');
`;

const require = createRequire(join(functions, 'package.json'));
const nameOf = (id) => id.replace('.js', '').replaceAll('/', '-');

/** A module with the package's export names that loads the package when one of them is first read. */
const facade = (id) => `for (const name of ${JSON.stringify(Object.keys(require(id)))}) {
  Object.defineProperty(exports, name, { enumerable: true, get: () => require('./google/${nameOf(id)}.cjs')[name] });
}
`;

const lazyPackages = {
  name: 'lazy-packages',
  resolveId: (id) => (LAZY_PACKAGES.includes(id) ? { id: `./${nameOf(id)}.cjs`, external: true } : null),
};

/**
 * Bundles the functions' sources with their packages into `folder`: index.cjs and the files that it loads. The options
 * exist for the benchmark, which measures the effect of each.
 */
export async function bundle(folder, options = {}) {
  const { plugins = [], minify = true, trimmed = [SIDE_EFFECT_FREE] } = options;
  const treeshake = { moduleSideEffects: trimmed };
  const names = { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' };
  const write = async (input, dir, format, plugins) => {
    const build = await rolldown({ input, platform: 'node', treeshake, plugins });
    await build.write({ dir, sourcemapExcludeSources: true, ...names, ...format });
    await build.close();
  };
  const libraries = LAZY_PACKAGES.map((id) => [nameOf(id), require.resolve(id)]);
  await write(Object.fromEntries(libraries), join(folder, 'google'), { minify }, []);
  // Our own code is not minified, so that stack traces name its functions. The source map is for a closer look.
  const sources = { functions: join(functions, 'src/index.ts') };
  await write(sources, folder, { sourcemap: true }, [lazyPackages, ...plugins]);
  for (const id of LAZY_PACKAGES) writeFileSync(join(folder, `${nameOf(id)}.cjs`), facade(id));
  writeFileSync(join(folder, 'index.cjs'), INDEX);
}
