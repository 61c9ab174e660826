import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CliError } from '../cli/errors.mjs';
import { progress } from '../cli/progress.mjs';
import { environment, run } from '../process/run.mjs';
import { functions } from '../project.mjs';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const MAC_PROGRAMS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

export const NO_BROWSER =
  'No Chrome or Chromium was found, and none could be installed. The tests of the site are skipped. ' +
  'Install one, or set CHROME_PATH to its path.';

/** Finds or installs a browser for the tests of the site. Without one, returns false, or throws in CI. */
export async function ensureBrowser(
  env = process.env,
  { find = findBrowser, installers = [downloadChromium, installDebianChromium] } = {},
) {
  if (await find(env)) return true;
  for (const install of env.CHROME_PATH ? [] : installers) {
    await install();
    if (await find(env)) return true;
  }
  if (env.CI === 'true') throw new CliError(NO_BROWSER.replace('skipped', 'required in CI'));
  console.log(NO_BROWSER);
  return false;
}

/** The path of a Chrome or Chromium that starts: CHROME_PATH alone if it is set, else the system's, else Playwright's. */
export async function findBrowser(env = process.env) {
  const folders = (env.PATH ?? '').split(delimiter);
  const system = PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name)));
  const candidates = env.CHROME_PATH
    ? [env.CHROME_PATH]
    : [...system, ...MAC_PROGRAMS, await playwrightPath()];
  // Some exist and do not start: a stub that asks for its snap, or a download that lacks libraries.
  for (const path of candidates.filter((candidate) => existsSync(candidate))) {
    const { code } = await run(path, ['--version'], { quiet: true });
    if (code === 0) return path;
  }
  return undefined;
}

async function playwrightPath() {
  const { chromium } = await import(join(functions, 'node_modules/playwright-core/index.mjs'));
  return chromium.executablePath();
}

async function downloadChromium() {
  const playwright = join(functions, 'node_modules/playwright-core/cli.js');
  await progress('Downloading Chromium for the tests of the site (only once)', () =>
    run('node', [playwright, 'install', '--no-shell', 'chromium'], { quiet: true }),
  );
}

/** The last resort, for containers: needs root, and prints what it does. */
async function installDebianChromium() {
  if (process.getuid?.() !== 0) return;
  await progress(
    "Playwright's Chromium does not start here, so this runs apt-get install chromium",
    async () => {
      if (await aptGet('update')) await aptGet('install', 'chromium');
    },
  );
}

async function aptGet(...command) {
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=60'];
  const env = environment({ DEBIAN_FRONTEND: 'noninteractive' });
  return (await run('apt-get', [...options, ...command], { env, quiet: true })).code === 0;
}
