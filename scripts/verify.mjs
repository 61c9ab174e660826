import { join } from 'node:path';
import { checkCode } from './lib/checkCode.mjs';
import { command } from './lib/command.mjs';
import { root } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { setup } from './lib/setup.mjs';

const functions = join(root, 'functions');
const mocha = join(functions, 'node_modules/mocha/bin/mocha.js');

/** The quick checks, without emulators: format and lint, types, and the tests that need nothing but code. */
await command(async () => {
  await setup();
  await checkCode();
  const args = [mocha, 'test/unit/**/*.test.ts', 'test/contract/**/*.test.ts'];
  return (await run('node', args, { cwd: functions })).code;
});
