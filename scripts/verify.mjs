import { join } from 'node:path';
import { command } from './lib/command.mjs';
import { root } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { setup } from './lib/setup.mjs';

const functions = join(root, 'functions');
const mocha = join(functions, 'node_modules/mocha/bin/mocha.js');

/** The quick checks, without emulators: format and lint, types, and the tests that need nothing but code. */
await command(async () => {
  await setup();
  const steps = [
    ['biome', ['check', '--error-on-warnings']],
    ['tsc', ['-p', 'functions/tsconfig.json']],
    ['node', [mocha, 'test/{unit,contract}/**/*.test.ts'], { cwd: functions }],
  ];
  for (const [program, args, options] of steps) {
    const { code } = await run(program, args, options);
    if (code !== 0) return code;
  }
});
