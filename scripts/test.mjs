import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser, NO_BROWSER } from './lib/browser.mjs';
import { build } from './lib/build.mjs';
import { checkCode } from './lib/checkCode.mjs';
import { asksForHelp, command } from './lib/command.mjs';
import { findEmulators } from './lib/emulators.mjs';
import { checkJava } from './lib/java.mjs';
import { keep } from './lib/keep.mjs';
import { functions, mocha } from './lib/project.mjs';
import { environment, run } from './lib/run.mjs';
import { setup } from './lib/setup.mjs';
import { untilSignal } from './lib/signals.mjs';

const LEAST_LINES_PERCENT = 90;

const HELP = `npm test [-- <arguments of mocha>]

Checks the code and runs every test, on emulators of its own. With arguments it runs only the tests that they select:

  npm test -- test/ports/tweets.test.ts
  npm test -- --grep outage`;

async function test(chosen, browser, extra) {
  const reporter = join(functions, 'test/support/reporter.ts');
  const files = chosen.some((argument) => argument.endsWith('.test.ts')) ? [] : ['test/**/*.test.ts'];
  const args = [mocha, '--require', 'test/support/suite.ts', '--reporter', reporter];
  if (!browser) args.push('--no-forbidPending');
  args.push('--reporter-option', `counts=${join(extra.TMPDIR, 'counts.json')}`, ...chosen, ...files);

  const { ended, stop } = keep('node', args, { cwd: functions, env: environment(extra), show: true });
  const stopped = untilSignal()
    .then(stop)
    .then(() => true);
  const code = await ended;
  return { code, stopped: await Promise.race([stopped, false]) };
}

/** Judges what the tests ran of the sources, in their own process and, as the bundle, in the functions emulator. */
async function coverage(folder) {
  const c8 = join(functions, 'node_modules/c8/bin/c8.js');
  const args = [c8, 'report', '--temp-directory', folder, '--reporter', 'text', '--src', 'src', '--all'];
  args.push('--exclude-after-remap', '--include', 'src/**/*.ts', '--exclude', 'src/ports.ts'); // only types
  args.push('--check-coverage', '--lines', LEAST_LINES_PERCENT);
  return (await run('node', args, { cwd: functions })).code;
}

const counts = (file) =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: 0, skipped: 0 };

/** Checks the code and runs every test; arguments go to mocha, and then only what they choose is judged. */
await command(async () => {
  const chosen = process.argv.slice(2);
  if (asksForHelp(chosen)) return console.log(HELP);
  await setup({ examples: true });
  await checkJava();
  const emulators = await findEmulators();
  const browser = await ensureBrowser();
  if (chosen.length === 0) await checkCode();
  await build();

  const folder = mkdtempSync(join(tmpdir(), 'tweet-capture-'));
  try {
    const tested = await test(chosen, browser, {
      ...emulators,
      TMPDIR: folder,
      NODE_V8_COVERAGE: join(folder, 'coverage'),
    });
    if (tested.stopped) return 130;
    const covered = chosen.length > 0 ? 0 : await coverage(join(folder, 'coverage'));
    const { passed, failed, skipped } = counts(join(folder, 'counts.json'));
    if (skipped > 0) console.log(NO_BROWSER);
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    return tested.code || covered || (passed === 0 ? 1 : 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
