import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refreshToken, tokenInFile } from './token.ts';

const TOKEN = 'refresh_Xwweji-PSlWaDm0vHJt6EAAAAAHfkY3ZqLr0s8uVwTxNcBhGyJdMfEaPoKiSlU7R2nQ1AA';

describe('the refresh token of an import', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'token-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const little = (text: string) => Buffer.from(text, 'utf16le');
  for (const [what, bytes] of [
    ['as it is', Buffer.from(TOKEN)],
    ['with line ends of Windows', Buffer.from(`${TOKEN}\r\n`)],
    ['in quotes', Buffer.from(`"${TOKEN}"\n`)],
    ['in single quotes', Buffer.from(`'${TOKEN}'`)],
    ['behind a byte order mark', Buffer.from(`\uFEFF${TOKEN}`)],
    ['in UTF-16, as PowerShell writes it', little(`\uFEFF${TOKEN}\r\n`)],
    ['in UTF-16 without a mark', little(TOKEN)],
    ['in big-endian UTF-16', little(`\uFEFF${TOKEN}`).swap16()],
  ] as const) {
    it(`is read from a file ${what}`, async () => {
      await writeFile(join(folder, 'token'), bytes);
      assert.equal(tokenInFile(join(folder, 'token')), TOKEN);
    });
  }

  it('is read from the environment with a carriage return', () => {
    assert.equal(refreshToken(`${TOKEN}\r`, 'HERE'), TOKEN);
  });

  for (const text of ['', 'hello', `${TOKEN} ${TOKEN}`, '{"refreshToken":"x"}', `"${TOKEN}'`]) {
    it(`is reported as missing, without its text: ${text.slice(0, 20)}`, () => {
      assert.throws(() => refreshToken(text, 'HERE'), {
        message: 'HERE contains no refresh token. Expected: one line that starts with refresh_',
      });
    });
  }

  it('is reported as missing if the file cannot be read', () => {
    assert.throws(() => tokenInFile(join(folder, 'none')), /Cannot read .*none: ENOENT/);
  });
});
