import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser, installedBrowser } from '../../../scripts/lib/browser.mjs';

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

  it('is one of this system that starts', async () => {
    program('chromium-browser', 1);
    const chrome = program('google-chrome', 0);
    assert.equal(await installedBrowser({ PATH: folder }), chrome);
  });

  it('is the one that CHROME_PATH names, and no other', async () => {
    program('chromium', 0);
    const named = program('mine', 0);
    assert.equal(await installedBrowser({ PATH: folder, CHROME_PATH: named }), named);
    assert.equal(await installedBrowser({ PATH: folder, CHROME_PATH: `${named}-gone` }), undefined);
  });

  it('is needed in CI', async () => {
    const missing = { CI: 'true', CHROME_PATH: join(folder, 'gone') };
    await assert.rejects(ensureBrowser(missing), /^Error: No Chrome .* needed in CI\. Install one/);
  });
});
