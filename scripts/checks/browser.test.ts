import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser, findBrowser } from './browser.mjs';

describe('the browser of the tests', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'browsers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A program that ends with the given code, and its path. */
  function program(name: string, code: number) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\nexit ${code}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  it('is one of the system that starts', async () => {
    program('chromium-browser', 1);
    const chrome = program('google-chrome', 0);
    assert.equal(await findBrowser({ PATH: folder }), chrome);
  });

  it('is the one of CHROME_PATH, and no other', async () => {
    program('chromium', 0);
    const named = program('mine', 0);
    assert.equal(await findBrowser({ PATH: folder, CHROME_PATH: named }), named);
    assert.equal(await findBrowser({ PATH: folder, CHROME_PATH: `${named}-gone` }), undefined);
  });

  it('is installed if none starts, by the first installer that works', async () => {
    const installed: string[] = [];
    const install = (name: string) => async () => void installed.push(name);
    const options = {
      find: async () => (installed.includes('second') ? '/chromium' : undefined),
      installers: ['first', 'second', 'third'].map(install),
    };
    assert.equal(await ensureBrowser({}, options), true);
    assert.deepEqual(installed, ['first', 'second']);
    assert.equal(await ensureBrowser({}, options), true);
    assert.equal(installed.length, 2);
  });

  it('is required in CI', async () => {
    const missing = { CI: 'true', CHROME_PATH: join(folder, 'gone') };
    const install = () => assert.fail('CHROME_PATH is set');
    await assert.rejects(ensureBrowser(missing, { installers: [install] }), /CHROME_PATH/);
  });
});
