import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../../scripts/build/bundle.mjs';
import { CliError } from '../../scripts/cli/errors.mjs';
import { run } from '../../scripts/process/run.mjs';
import { functions } from '../../scripts/project.mjs';

function edit(path, change) {
  const text = readFileSync(path, 'utf8');
  const changed = change(text);
  if (changed === text) throw new CliError(`${path} does not contain the text that this ablation changes.`);
  writeFileSync(path, changed);
}
const index = (lib) => join(lib, 'index.cjs');

/** Keeps only one export of index.ts, and so only its imports. */
const only = (target) => ({
  name: 'only',
  transform: (code, id) =>
    id.endsWith('functions/src/index.ts')
      ? {
          code: code.replace(/^export const (\w+) = [^;]*;/gm, (one, name) => (name === target ? one : '')),
          map: null,
        }
      : null,
});

/**
 * The project without one optimization, or with one more. `make` changes a copy of the built lib folder.
 * docs/performance.md has the effect of each.
 */
export const ABLATIONS = [
  {
    name: 'no bundle',
    cache: false,
    main: 'lib/src/index.js',
    async make(lib) {
      rmSync(lib, { recursive: true });
      const emit = ['--noEmit', 'false', '--rewriteRelativeImportExtensions', '--rootDir', functions];
      const args = ['-p', join(functions, 'tsconfig.build.json'), ...emit, '--outDir', lib];
      const { code, output } = await run('tsc', args, { quiet: true });
      if (code !== 0) throw new CliError(`tsc failed: ${output}`);
    },
  },
  {
    name: "Google's libraries at once",
    make: (lib) => edit(index(lib), (text) => `require('./google/firebase-admin-firestore.cjs');${text}`),
  },
  { name: 'with unused imports', make: (lib) => bundle(lib, { trimmed: true }) },
  {
    name: 'a main with the extension .js',
    main: 'lib/index.js',
    make(lib) {
      writeFileSync(join(lib, 'package.json'), '{ "type": "commonjs" }');
      cpSync(index(lib), join(lib, 'index.js'));
    },
  },
  { name: "Google's libraries not minified", make: (lib) => bundle(lib, { minify: false }) },
  { name: 'no compile cache', cache: false, make() {} },
  {
    name: "Node's own source maps",
    make: (lib) => edit(index(lib), (text) => `process.setSourceMapsEnabled(true);${text}`),
  },
  {
    name: 'a bundle per function, no compile cache',
    cache: false,
    async make(lib) {
      const trimmed = [{ test: /firebase-admin\/lib\/esm|functions\/src/, sideEffects: false }];
      for (const target of ['capture', 'publishTweet']) {
        await bundle(join(lib, target), { trimmed, plugins: [only(target)] });
      }
      writeFileSync(
        index(lib),
        `module.exports = require('./' + process.env.FUNCTION_TARGET + '/index.cjs');`,
      );
    },
  },
  {
    name: 'Firestore by REST',
    make: (lib) =>
      edit(join(lib, 'stores.cjs'), (text) =>
        text.replace(/getFirestore\)\(app, (\w+)\)/, 'initializeFirestore)(app, { preferRest: true }, $1)'),
      ),
  },
  { name: 'a young generation of 1 MB', nodeOptions: ['--max-semi-space-size=1'], make() {} },
];

/** The same for a warm capture. */
export const WARM_ABLATIONS = [
  {
    name: "within the framework's domain",
    make: (lib) => edit(join(lib, 'functions.cjs'), (text) => text.replaceAll('leaveDomain();', '')),
  },
];

/** Writes an ablation, or the unchanged project, as a cloud build would. Returns its folder. */
export async function deploy({ name, make = () => {}, main = 'lib/index.cjs', cache = true }, parent) {
  const folder = join(parent, name.replace(/\W+/g, '-'));
  if (existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true });
  cpSync(join(functions, 'lib'), join(folder, 'lib'), { recursive: true });
  cpSync(join(functions, 'compileCache.cjs'), join(folder, 'compileCache.cjs'));
  symlinkSync(join(functions, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', main }));
  await make(join(folder, 'lib'));
  if (cache) {
    const { code, output } = await run('node', ['compileCache.cjs'], { cwd: folder, quiet: true });
    if (code !== 0 || !output.includes('written;'))
      throw new CliError(`No compile cache for ${name}: ${output}`);
  }
  return folder;
}
