import assert from 'node:assert/strict';
import { UsageError } from '../../../../scripts/lib/command.mjs';
import { importOptions } from '../../../../scripts/lib/importOptions.mjs';

describe('the command line of the import', () => {
  it('goes to the service of npm start, and asks, unless told', () => {
    assert.deepEqual(importOptions(['a.zip']), {
      archive: 'a.zip',
      dryRun: false,
      yes: false,
      url: 'http://127.0.0.1:5000',
      tokenFile: undefined,
    });
  });

  it('takes all that the help names', () => {
    const args = ['--yes', '--dry-run', '--url', 'https://a.web.app/x', '--token-file', 't', 'a.zip'];
    const { url, tokenFile, yes, dryRun } = importOptions(args) ?? assert.fail();
    assert.deepEqual([url, tokenFile, yes, dryRun], ['https://a.web.app', 't', true, true]);
    for (const help of ['--help', '-h']) assert.equal(importOptions(['a.zip', '--wrong', help]), null);
  });

  for (const url of ['http://a.web.app', 'http://192.0.2.1:5000', 'ftp://localhost', 'a.web.app', '']) {
    it(`sends no password to ${url || 'nowhere'}`, () => {
      assert.throws(() => importOptions(['a.zip', '--url', url]), /--url takes an https: URL/);
    });
  }

  for (const args of [[], ['a', 'b'], ['--password', 'x', 'a']]) {
    it(`answers in one line what makes no sense: ${args.join(' ')}`, () => {
      const isOneLine = (error: unknown) =>
        error instanceof UsageError && /^.* --help .*$/.test(error.message);
      assert.throws(() => importOptions(args), isOneLine);
    });
  }
});
