import { checkCode } from './checks/checkCode.mjs';
import { runCommand } from './cli/command.mjs';
import { run } from './process/run.mjs';
import { functions, mocha } from './project.mjs';

await runCommand('verify', async () => {
  await checkCode();
  const folders = ['test/unit', 'test/contract', '../client', '../scripts'];
  const args = [mocha, ...folders.map((folder) => `${folder}/**/*.test.ts`)];
  return (await run('node', args, { cwd: functions })).code;
});
