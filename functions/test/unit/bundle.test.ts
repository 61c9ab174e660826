import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../../scripts/build/bundle.mjs';
import * as functions from '../../src/index.ts';

const pathOf = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));

describe('the bundle that is deployed', function () {
  this.timeout(60_000);
  let folder: string;
  let lib: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundle-'));
    lib = join(folder, 'lib');
    await bundle(lib);
  });
  after(() => rm(folder, { recursive: true }));

  /** What node says to `code` about the bundle, which is `deployed` there. */
  const ask = (code: string, env: Record<string, string> = {}) => {
    const load = `const deployed = require(${JSON.stringify(join(lib, 'index.cjs'))});`;
    const { PATH } = process.env;
    const options = { encoding: 'utf8', env: { PATH, ...env } } as const;
    return spawnSync(process.execPath, ['-e', `${load}${code}`], options);
  };
  const loadedBy = (target: string, code = '') => {
    const listed = `${code}; console.log(JSON.stringify(Object.keys(require.cache)))`;
    const secrets = { JWT_SECRET_KEY: 'k'.repeat(32), JWT_SECRET_KEY_PREVIOUS: 'none' };
    const { stdout, stderr } = ask(listed, { FUNCTION_TARGET: target, ...secrets });
    assert.ok(stdout, stderr);
    return (JSON.parse(stdout) as string[]).map((path) => relative(lib, path));
  };
  const sourcesOf = (file: string): string[] => {
    const map = join(lib, `${file}.map`);
    return existsSync(map) ? JSON.parse(readFileSync(map, 'utf8')).sources : [];
  };

  it('shows every function where none is chosen, as to a deployment', () => {
    const { stdout } = ask('console.log(JSON.stringify(Object.keys(deployed)))');
    assert.deepEqual(JSON.parse(stdout).sort(), Object.keys(functions).sort());
  });

  for (const name of Object.keys(functions)) {
    it(`loads neither bcrypt nor Google's libraries until ${name} needs them`, () => {
      const loaded = loadedBy(name);
      assert.ok(loaded.includes('functions.cjs'));
      assert.deepEqual(
        loaded.filter((file) => /^google\//.test(file)),
        [],
      );
      const heavy = /node_modules\/(@google-cloud|google-gax|google-auth-library|@grpc|bcryptjs)\//;
      assert.deepEqual(
        loaded.flatMap(sourcesOf).filter((source) => heavy.test(source)),
        [],
      );
    });
  }

  it("loads Google's libraries once something of them is used", () => {
    const use = `require(${JSON.stringify(join(lib, 'firebase-admin-app.cjs'))}).getApps`;
    assert.ok(loadedBy('health', use).length > loadedBy('health').length);
  });

  for (const unused of [
    'jwks-rsa',
    'jsonwebtoken',
    'firebase-admin/lib/auth',
    'firebase-admin/lib/app-check',
  ]) {
    it(`leaves out ${unused}, which firebase-functions names for kinds of functions that we have none of`, () => {
      assert.deepEqual(
        sourcesOf('functions.cjs').filter((source) => source.includes(`/${unused}/`)),
        [],
      );
    });
  }

  it('has no word of other languages that zod could say its errors in', () => {
    const locales = sourcesOf('functions.cjs').filter((source) => source.includes('/zod/v4/locales/'));
    assert.deepEqual(
      locales.map((source) => basename(source)).filter((name) => name !== 'en.js'),
      [],
    );
  });

  it('names the functions of our sources in a stack', () => {
    const { stderr } = ask('', { FUNCTION_TARGET: 'health', CAPTURE_WAIT_MS: 'soon' });
    assert.match(stderr, /ConfigError: .*CAPTURE_WAIT_MS/);
    assert.match(stderr, /at readConfig \(.*functions\.cjs:\d+:\d+\)/);
  });

  describe('in the cloud build', () => {
    const compile = () => {
      const options = { encoding: 'utf8', cwd: folder, env: { PATH: process.env.PATH } } as const;
      return spawnSync(process.execPath, ['compileCache.cjs'], options);
    };
    before(async () => {
      await cp(pathOf('functions/compileCache.cjs'), join(folder, 'compileCache.cjs'));
      await symlink(pathOf('functions/node_modules'), join(folder, 'node_modules'));
    });

    it('gets a compile cache, from a request that went as far as to Firestore and Pub/Sub', async () => {
      const { stdout } = compile();
      assert.match(stdout, /Compile cache written; the health check answered 503/);
      const [ofThisNode] = await readdir(join(lib, 'cache'));
      assert.ok((await readdir(join(lib, 'cache', ofThisNode ?? ''))).length >= 5);
      const code = `console.log(require('node:module').getCompileCacheDir())`;
      assert.equal(ask(code).stdout.trim(), join(lib, 'cache', ofThisNode ?? ''));
    });

    it('goes without one where that fails', async () => {
      await rm(join(lib, 'functions.cjs'));
      const { status, stdout } = compile();
      assert.equal(status, 0);
      assert.match(stdout, /Compile cache not written: Error: Cannot find module/);
    });
  });
});
