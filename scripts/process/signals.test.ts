import assert from 'node:assert/strict';
import { startProgram } from '../../functions/test/support/programs.ts';

const SIGNALS = JSON.stringify(new URL('signals.mjs', import.meta.url));

/** Waits with untilStopped, as a command does, and prints the signal. */
const COMMAND = `import(${SIGNALS}).then(async ({ untilStopped }) => {
  setInterval(() => {}, 1000);
  const stopped = untilStopped();
  console.log('ready', process.pid);
  console.log('stopped by', await stopped);
  process.exit();
})`;

/** Starts the command in a shell, as npm does. */
const NPM = `require('node:child_process').spawn(
  'sh', ['-c', '"$0" -e "$1"; true', process.execPath, process.argv[1]], { stdio: 'inherit' },
)`;

describe('a command', () => {
  const start = async () => {
    const env = { ...process.env, npm_lifecycle_event: 'start' };
    const npm = startProgram(process.execPath, ['-e', NPM, COMMAND], { env });
    await npm.until('The command runs', () => npm.output().includes('ready'));
    return npm;
  };

  it('stops on a signal', async () => {
    const npm = await start();
    const pid = Number(/ready (\d+)/.exec(npm.output())?.[1]);
    process.kill(pid, 'SIGHUP');
    await npm.ended;
    assert.match(npm.output(), /stopped by SIGHUP/);
  });

  it('stops when the npm that runs it is killed, although a shell is between them', async () => {
    const npm = await start();
    npm.kill('SIGKILL');
    await npm.ended;
    assert.match(npm.output(), /stopped by SIGTERM/);
  });
});
