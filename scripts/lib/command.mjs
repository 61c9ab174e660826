import { parseArgs } from 'node:util';

/** Stops a command with one line: what happened, why, and what to do next. */
export class Failure extends Error {}

/** The command line makes no sense: one line, and exit code 2. */
export class UsageError extends Failure {}

/**
 * Runs a command and exits with the code that `body` returns, 0 without one. With `usage`, the command line is parsed
 * first: `--help` and `-h` print the help and run nothing, and `body` gets the parsed rest.
 */
export async function command(body, usage) {
  try {
    const parsed = usage && commandLine(usage);
    process.exit((await (parsed === null ? console.log(usage.help) : body(parsed))) ?? 0);
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error);
    process.exit(error instanceof UsageError ? 2 : 1);
  }
}

/** Options and arguments of a command line, or null if it asks for help. Fails with UsageError. */
export function commandLine({ options = {}, most = 0 }, args = process.argv.slice(2)) {
  if (asksForHelp(args)) return null;
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (positionals.length <= most) return { ...values, arguments: positionals };
    throw new Error(`Unexpected argument '${positionals[most]}'`);
  } catch (error) {
    // Node's message goes on about how to pass an argument that starts with a dash.
    throw new UsageError(`${error.message.split('. ')[0]}. --help lists what this command takes.`);
  }
}

export const asksForHelp = (args) => args.includes('--help') || args.includes('-h');
