import { parseArgs } from 'node:util';
import { UsageError } from './errors.mjs';

/**
 * @typedef {object} Command
 * @property {string} file The file that runs it, from the root of the project.
 * @property {string} usage
 * @property {string} text
 * @property {Record<string, { type: 'boolean' | 'string', default?: boolean, value?: string, help: string }>} [options]
 * @property {Record<string, { argument?: string, help: string }>} [subcommands]
 * @property {number} [minArguments]
 * @property {number} [maxArguments]
 * @property {string[]} [choices] The values that an argument may have.
 * @property {boolean} [passesArgumentsOn] Takes any arguments, for another program to check.
 * @property {string[]} [examples]
 */

/**
 * The options and arguments of a command line, or null if it asks for help. Throws UsageError. Uses node:util, since the
 * launcher parses a command line before any package is installed.
 *
 * @param {Partial<Command>} command
 */
export function parseCommandLine(command, args) {
  if (args.includes('--help') || args.includes('-h')) return null;
  if (command.passesArgumentsOn) return { arguments: args };
  const { values, positionals } = parsed(command, args);
  if (command.subcommands) checkSubcommand(command.subcommands, positionals);
  else if (positionals.length < (command.minArguments ?? 0)) {
    throw usageError(`An argument is missing: ${command.usage}`);
  } else if (positionals.length > (command.maxArguments ?? 0)) {
    throw usageError(`Unexpected argument '${positionals[command.maxArguments ?? 0]}'`);
  }
  const unknown = positionals.find((argument) => command.choices && !command.choices.includes(argument));
  if (unknown !== undefined) {
    throw usageError(`'${unknown}' must be one of ${command.choices.join(', ')}`);
  }
  return { ...values, arguments: positionals };
}

function parsed({ options = {} }, args) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // The rest of Node's message explains how to pass an argument that starts with a dash.
    throw usageError(error.message.split('. ')[0]);
  }
}

function checkSubcommand(subcommands, [name, ...rest]) {
  if (name === undefined) throw usageError('A command is missing');
  if (!Object.hasOwn(subcommands, name)) throw usageError(`Unknown command '${name}'`);
  const { argument } = subcommands[name];
  if (argument && rest.length === 0) throw usageError(`${name} needs ${argument}`);
  const excess = rest[argument ? 1 : 0];
  if (excess !== undefined) throw usageError(`Unexpected argument '${excess}'`);
}

const usageError = (message) => new UsageError(`${message}. --help lists the options and arguments.`);

/** @param {Partial<Command>} command */
export function formatHelp({ usage, text, subcommands = {}, options = {}, examples = [] }) {
  const commands = Object.entries(subcommands).map(([name, { argument, help }]) => [
    argument ? `${name} ${argument}` : name,
    help,
  ]);
  const flags = Object.entries(options).map(([name, { value, help }]) => [
    value ? `--${name} ${value}` : `--${name}`,
    help,
  ]);
  const rows = [...commands, ...flags, ['-h, --help', 'prints this help']];
  const width = Math.max(...rows.map(([name]) => name.length)) + 4;
  const table = rows.map(([name, help]) =>
    `  ${name}`.padEnd(width).concat(help.replaceAll('\n', `\n${' '.repeat(width)}`)),
  );
  const shown = examples.length > 0 ? ['', 'Examples:', '', ...examples.map((line) => `  ${line}`)] : [];
  return [usage, '', text, '', ...table, ...shown].join('\n');
}
