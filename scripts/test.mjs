import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build/build.mjs';
import { ensureBrowser, NO_BROWSER } from './checks/browser.mjs';
import { checkCode } from './checks/checkCode.mjs';
import { runCommand } from './cli/command.mjs';
import { checkJava } from './emulators/checkJava.mjs';
import { findEmulators } from './emulators/findEmulators.mjs';
import { environment, run } from './process/run.mjs';
import { untilStopped } from './process/signals.mjs';
import { supervise } from './process/supervise.mjs';
import { functions, mocha, root } from './project.mjs';

const MIN_LINE_COVERAGE_PERCENT = 90;

/** Runs mocha in functions/; a file may also be named from the root of the project. */
async function test(selection, hasBrowser, extra) {
  const reporter = join(functions, 'test/support/reporter.ts');
  const isFile = (argument) => argument.endsWith('.test.ts');
  const isFromRoot = (argument) => isFile(argument) && existsSync(join(root, argument));
  const selected = selection.map((argument) => (isFromRoot(argument) ? join(root, argument) : argument));
  const files = selected.some(isFile)
    ? []
    : ['test', '../client', '../scripts'].map((folder) => `${folder}/**/*.test.ts`);
  const args = [mocha, '--require', 'test/support/suite.ts', '--reporter', reporter];
  if (!hasBrowser) args.push('--no-forbidPending');
  args.push('--reporter-option', `counts=${join(extra.TMPDIR, 'counts.json')}`, ...selected, ...files);

  const { ended, stop } = supervise('node', args, { cwd: functions, env: environment(extra), print: true });
  const stopped = untilStopped()
    .then(stop)
    .then(() => true);
  const code = await ended;
  return { code, stopped: await Promise.race([stopped, false]) };
}

/** Checks the line coverage of the sources, by the tests and by the functions emulator, which runs the bundle. */
async function checkCoverage(folder) {
  const c8 = join(functions, 'node_modules/c8/bin/c8.js');
  const args = [c8, 'report', '--temp-directory', folder, '--reporter', 'text', '--src', 'src', '--all'];
  args.push('--exclude-after-remap', '--include', 'src/**/*.ts', '--exclude', 'src/**/ports.ts'); // only types
  args.push('--check-coverage', '--lines', MIN_LINE_COVERAGE_PERCENT);
  return (await run('node', args, { cwd: functions })).code;
}

const readCounts = (file) =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: 0, skipped: 0 };

await runCommand('test', async ({ arguments: args }) => {
  const isLong = args.includes('--all');
  const selection = args.filter((argument) => argument !== '--all');
  const isWhole = selection.length === 0;
  await checkJava();
  const emulators = await findEmulators();
  const hasBrowser = await ensureBrowser();
  if (isWhole) await checkCode();
  await build();

  const folder = mkdtempSync(join(tmpdir(), 'tweet-capture-'));
  try {
    const { code, stopped } = await test(selection, hasBrowser, {
      ...emulators,
      TMPDIR: folder,
      NODE_V8_COVERAGE: join(folder, 'coverage'),
      ...(isLong && { TEST_ALL: '1' }),
    });
    if (stopped) return 130;
    const coverageCode = isWhole ? await checkCoverage(join(folder, 'coverage')) : 0;
    const { passed, failed, skipped } = readCounts(join(folder, 'counts.json'));
    if (skipped > 0) console.log(NO_BROWSER);
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    return code || coverageCode || (passed === 0 ? 1 : 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
