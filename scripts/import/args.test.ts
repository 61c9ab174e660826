import assert from 'node:assert/strict';
import { parseCommandLine } from '../cli/args.mjs';
import { COMMANDS } from '../cli/commands.mjs';
import { readArgs } from './args.ts';

const read = (...args: string[]) =>
  readArgs(parseCommandLine(COMMANDS.import ?? {}, args) as Parameters<typeof readArgs>[0]);

describe('the arguments of the import', () => {
  it('default to the service of npm start, with a confirmation', () => {
    assert.deepEqual(read('a.zip'), {
      archive: 'a.zip',
      isDryRun: false,
      isConfirmed: false,
      url: 'http://127.0.0.1:5000',
      tokenFile: undefined,
    });
  });

  it('include all options of the help', () => {
    const args = ['--yes', '--dry-run', '--url', 'https://a.web.app/x', '--token-file', 't', 'a.zip'];
    const { url, tokenFile, isConfirmed, isDryRun } = read(...args);
    assert.deepEqual([url, tokenFile, isConfirmed, isDryRun], ['https://a.web.app', 't', true, true]);
  });

  for (const url of ['http://a.web.app', 'http://192.0.2.1:5000', 'ftp://localhost', 'a.web.app', '']) {
    it(`reject an URL that would send a password in plain text: ${url || 'an empty one'}`, () => {
      assert.throws(() => read('a.zip', '--url', url), /--url must be an https: URL/);
    });
  }
});
