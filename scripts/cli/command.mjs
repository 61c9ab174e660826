import { formatHelp, parseCommandLine } from './args.mjs';
import { COMMANDS } from './commands.mjs';
import { CliError, UsageError } from './errors.mjs';

/**
 * Runs a command of COMMANDS with this process's arguments, or prints its help.
 * @param {(args: any) => unknown} body Returns the exit code, or nothing for 0.
 */
export function runCommand(name, body) {
  return exitWith(() => {
    const args = parseCommandLine(COMMANDS[name], process.argv.slice(2));
    return args === null ? console.log(formatHelp(COMMANDS[name])) : body(args);
  });
}

/** Exits with the code that `body` returns, or 0 without one. Prints an error as its message, or a bug with its stack. */
export async function exitWith(body) {
  try {
    process.exit((await body()) ?? 0);
  } catch (error) {
    console.error(error instanceof CliError ? error.message : error);
    process.exit(error instanceof UsageError ? 2 : 1);
  }
}
