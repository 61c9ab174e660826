// The launcher of every command: installs what is missing, then runs the command on the project's own Node 24. This file
// and its imports run on any supported Node, before anything is installed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { formatHelp, parseCommandLine } from './cli/args.mjs';
import { exitWith } from './cli/command.mjs';
import { COMMANDS } from './cli/commands.mjs';
import { setup } from './cli/setup.mjs';
import { untilStopped } from './process/signals.mjs';
import { node, root } from './project.mjs';

await exitWith(async () => {
  const [name, ...args] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (parseCommandLine(command, args) === null) return console.log(formatHelp(command));
  await setup();

  const child = spawn(node, [join(root, command.file), ...args], { stdio: 'inherit' });
  void untilStopped().then((signal) => child.kill(signal));
  const [code, signal] = await once(child, 'exit');
  return code ?? 128 + constants.signals[signal];
});
