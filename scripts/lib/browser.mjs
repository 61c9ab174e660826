import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Failure } from './command.mjs';
import { progress } from './progress.mjs';
import { functions } from './project.mjs';
import { environment, run } from './run.mjs';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

export const NO_BROWSER =
  'No Chrome or Chromium starts here, and none could be installed: the tests of the site are skipped. ' +
  'Install one, or name it in CHROME_PATH.';

/** Sees to it that the tests of the site have a browser. False, and said, where there is none; in CI that is a failure. */
export async function ensureBrowser(env = process.env) {
  if ((await installedBrowser(env)) ?? (await obtain(env))) return true;
  if (env.CI === 'true') throw new Failure(NO_BROWSER.replace('skipped', 'needed in CI'));
  console.log(NO_BROWSER);
  return false;
}

/** The path of a Chrome or Chromium that starts: the one of CHROME_PATH, else of this system, else playwright's own. */
export async function installedBrowser(env = process.env) {
  const folders = (env.PATH ?? '').split(delimiter);
  const system = PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name)));
  const candidates = env.CHROME_PATH ? [env.CHROME_PATH] : [...system, ...MAC, await playwrights()];
  // One may be there and not start: a stub that asks for its snap, a download that lacks libraries.
  for (const path of candidates.filter((candidate) => existsSync(candidate))) {
    const { code } = await run(path, ['--version'], { quiet: true });
    if (code === 0) return path;
  }
  return undefined;
}

async function playwrights() {
  const { chromium } = await import(join(functions, 'node_modules/playwright-core/index.mjs'));
  return chromium.executablePath();
}

/** Installs one by Debian's packages where that is allowed, else as playwright's download; returns what is there then. */
async function obtain(env) {
  if (env.CHROME_PATH) return undefined;
  return await progress('Installing Chromium for the tests of the site (only the first time)', async () => {
    if (process.getuid?.() === 0 && (await apt('update')) && (await apt('install', 'chromium'))) {
      const installed = await installedBrowser();
      if (installed) return installed;
    }
    const playwright = join(functions, 'node_modules/playwright-core/cli.js');
    await run('node', [playwright, 'install', '--no-shell', 'chromium'], { quiet: true });
    return await installedBrowser();
  });
}

async function apt(...command) {
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=60'];
  const env = environment({ DEBIAN_FRONTEND: 'noninteractive' });
  return (await run('apt-get', [...options, ...command], { env, quiet: true })).code === 0;
}
