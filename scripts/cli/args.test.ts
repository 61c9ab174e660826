import assert from 'node:assert/strict';
import { type Command, formatHelp, parseCommandLine } from './args.mjs';
import { COMMANDS } from './commands.mjs';
import { UsageError } from './errors.mjs';

const command: Partial<Command> = {
  options: { all: { type: 'boolean', help: '' }, from: { type: 'string', help: '' } },
  minArguments: 1,
  maxArguments: 2,
  choices: ['a', 'b'],
};
const parse = (name: string, ...args: string[]) => parseCommandLine(COMMANDS[name] ?? {}, args);

describe('a command line', () => {
  it('has options and arguments', () => {
    const parsed = parseCommandLine(command, ['--from', 'x', 'a', '--all']);
    assert.deepEqual({ ...parsed }, { from: 'x', all: true, arguments: ['a'] });
  });

  it('that asks for help is not checked', () => {
    for (const flag of ['--help', '-h']) assert.equal(parseCommandLine(command, ['--wrong', flag]), null);
  });

  it('of npm test passes everything on to mocha', () => {
    const args = ['--grep', 'outage', '--all'];
    assert.deepEqual(parse('test', ...args), { arguments: args });
  });

  const isUsageError = (message: RegExp) => (error: unknown) =>
    error instanceof UsageError && message.test(error.message) && !error.message.includes('\n');

  for (const [args, message] of [
    [['a', '--from'], /^Option '--from <value>' argument missing\. --help/],
    [['a', '--all=x'], /^Option '--all' does not take an argument\. --help/],
    [['a', 'b', 'c'], /^Unexpected argument 'c'\. --help/],
    [['a', 'c'], /^'c' must be one of a, b\. --help/],
    [[], /^An argument is missing: .*\. --help/],
  ] as const) {
    it(`is rejected in one line: ${args.join(' ')}`, () => {
      assert.throws(() => parseCommandLine(command, args), isUsageError(message));
    });
  }

  for (const args of [
    [],
    ['status', 'x'],
    ['pause'],
    ['toString'],
    ['enable'],
    ['remove', 'a@example.com'],
    ['enable', 'a@example.com', 'b'],
  ]) {
    it(`of npm run admin is rejected: ${args.join(' ')}`, () => {
      assert.throws(() => parse('admin', ...args), isUsageError(/--help/));
    });
  }

  it('of npm run admin has a command and its argument', () => {
    assert.deepEqual(parse('admin', 'enable', 'a@example.com')?.arguments, ['enable', 'a@example.com']);
    assert.deepEqual(parse('admin', 'status')?.arguments, ['status']);
  });
});

describe('the help of a command', () => {
  for (const [name, definition] of Object.entries(COMMANDS)) {
    it(`fits into 120 columns, and lists every option and example: ${name}`, () => {
      const lines = formatHelp(definition).split('\n');
      assert.deepEqual(
        lines.filter((line) => line.length > 120),
        [],
      );
      const { options = {}, subcommands = {}, examples = [] } = definition;
      const listed = [...Object.keys(options).map((option) => `--${option}`), ...Object.keys(subcommands)];
      for (const entry of listed)
        assert.ok(
          lines.some((line) => line.startsWith(`  ${entry} `)),
          entry,
        );
      for (const example of examples) assert.ok(lines.includes(`  ${example}`), example);
    });
  }
});
