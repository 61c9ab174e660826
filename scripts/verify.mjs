import { checkCode } from './lib/checkCode.mjs';
import { command } from './lib/command.mjs';
import { functions, mocha } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { setup } from './lib/setup.mjs';

const help = `npm run verify

The quick checks, without emulators: format and lint, types, unit and contract tests.`;

await command(
  async () => {
    await setup({ examples: true });
    await checkCode();
    const args = [mocha, 'test/unit/**/*.test.ts', 'test/contract/**/*.test.ts'];
    return (await run('node', args, { cwd: functions })).code;
  },
  { help },
);
