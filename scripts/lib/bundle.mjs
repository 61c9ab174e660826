import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';
import { functions } from './project.mjs';

/** Google's libraries take longer to load than all else together: each is loaded when something of it is used. */
const LATER = ['firebase-admin/app', 'firebase-admin/firestore'];
/** What Google's libraries themselves load at once, and nobody who works with Firestore ever uses. */
const RARELY = [
  'whatwg-url',
  'google-gax/build/protos/iam_service.js',
  'google-gax/build/protos/locations.js',
  'google-gax/build/protos/operations.js',
];
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
const nameOf = (id) => id.replace('.js', '').replaceAll('/', '-');

/** Has what the package has, and loads it, from a folder, when the first of that is asked for. */
const facade = (id, folder) => `for (const name of ${JSON.stringify(Object.keys(require(id)))}) {
  Object.defineProperty(exports, name, { enumerable: true, get: () => require('${folder}/${nameOf(id)}.cjs')[name] });
}
`;

/**
 * One character beyond Latin 1, be it in a comment, and V8 keeps the whole file in twice the memory. A character that is
 * escaped without need gives its backslash to the new escape.
 */
export const inAscii = (code) =>
  code.replace(/(\\*)([^\0-\x7f])/g, (_, slashes, unit) => {
    const escaped = `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    return slashes.slice(slashes.length % 2) + escaped;
  });

const later = {
  name: 'later',
  resolveId: (id) => (LATER.includes(id) ? { id: `./${nameOf(id)}.cjs`, external: true } : null),
};

const deferring = (parts) => ({
  name: 'deferring',
  async resolveId(id, importer) {
    if (!importer || !parts.some((part) => basename(part, '.js') === basename(id, '.js'))) return null;
    const found = await this.resolve(id, importer, { skipSelf: true });
    const asked = parts.find((part) => require.resolve(part) === found?.id);
    return asked ? { id: `./rarely-${nameOf(asked)}.cjs`, external: true } : null;
  },
});

/**
 * Bundles the functions' sources with their packages into a folder, as index.cjs and what that loads. Needs the
 * project's own node. docs/performance.md says what each part of this buys; a measurement can leave some out.
 */
export async function bundle(folder, options = {}) {
  const { plugins = [], minify = true, ascii = true } = options;
  const { trimmed = [ONLY_WHAT_IS_USED], rarely = RARELY } = options;
  const treeshake = { moduleSideEffects: trimmed };
  const names = { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' };
  const write = async (input, dir, format, plugins) => {
    const made = await rolldown({ input, platform: 'node', treeshake, plugins });
    const { output } = await made.write({ dir, sourcemapExcludeSources: true, ...names, ...format });
    await made.close();
    if (!ascii) return;
    for (const { code, fileName } of output) if (code) writeFileSync(join(dir, fileName), inAscii(code));
  };
  const google = join(folder, 'google');
  const libraries = [...LATER, ...rarely].map((id) => [nameOf(id), require.resolve(id)]);
  await write(Object.fromEntries(libraries), google, { minify }, [deferring(rarely)]);
  const sources = {
    functions: join(functions, 'src/index.ts'),
    sourceStack: join(functions, 'src/sourceStack.ts'),
  };
  await write(sources, folder, { sourcemap: true }, [later, ...plugins]);
  for (const id of LATER) writeFileSync(join(folder, `${nameOf(id)}.cjs`), facade(id, './google'));
  for (const id of rarely) writeFileSync(join(google, `rarely-${nameOf(id)}.cjs`), facade(id, '.'));
  writeFileSync(join(folder, 'index.cjs'), INDEX);
}

if (import.meta.main) await bundle(process.argv[2]);
