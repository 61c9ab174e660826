import assert from 'node:assert/strict';
import { normalizeOrigin } from '../../../src/config/origins.ts';
import { readConfig } from '../../../src/config/parameters.ts';
import { corsHeaders } from '../../../src/http/cors.ts';

describe('an allowed origin', () => {
  it('stays what it is if browsers send it so', () => {
    const origins = [
      'https://x.com',
      'https://*.x.com',
      'https://*',
      'https://app-*.web.app:8443',
      'http://localhost:3000',
      'http://x.com:443',
      'https://x.com:80',
      'http://[::1]:3000',
      'https://xn--bcher-kva.example',
      'chrome-extension://*',
      'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
      'moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc',
      'moz-extension://*',
      'safari-web-extension://E5F6A5B6-1234-4ABC-9DEF-0123456789AB',
      'safari-web-extension://*',
    ];
    for (const origin of origins) assert.equal(normalizeOrigin(origin), origin);
  });

  it('that could never match comes with the form that does', () => {
    const cases: [string, string][] = [
      ['https://X.com', 'https://x.com'],
      ['HTTPS://x.com', 'https://x.com'],
      ['https://x.com:443', 'https://x.com'],
      ['http://x.com:80', 'http://x.com'],
      ['https://x.com/', 'https://x.com'],
      ['https://x.com/path?q#f', 'https://x.com'],
      ['https://*.X.com:443/', 'https://*.x.com'],
      ['https://x.com:08443', 'https://x.com:8443'],
      ['https://bücher.example', 'https://xn--bcher-kva.example'],
      ['https://bücher.*', 'https://xn--bcher-kva.*'],
      ['http://[0:0:0:0:0:0:0:1]', 'http://[::1]'],
      [
        'chrome-extension://ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP/',
        'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
      ],
      ['Moz-Extension://*/', 'moz-extension://*'],
    ];
    for (const [entry, right] of cases) {
      assert.equal(normalizeOrigin(entry), right);
      const message = `Bad configuration: ALLOWED_ORIGINS must be origins as browsers send them: write ${right} for ${entry}`;
      assert.throws(
        () => readConfig({ ALLOWED_ORIGINS: `http://a.example,${entry}` }),
        (error: Error) => error.message.startsWith(message),
      );
      const { ALLOWED_ORIGINS } = readConfig({ ALLOWED_ORIGINS: right });
      assert.deepEqual(ALLOWED_ORIGINS, [right], 'what is suggested is accepted');
    }
  });

  it('is none with two stars, a star for the scheme or the port, credentials, spaces or no host', () => {
    const entries = [
      '',
      '*',
      'x.com',
      'localhost:3000',
      '*://x.com',
      'https://*.*',
      'http://localhost:*',
      'https://',
    ];
    for (const entry of [
      ...entries,
      'https://me@x.com',
      'https://a b',
      'https://a\n',
      'file:///a',
      'null',
      'https://:80',
    ]) {
      assert.equal(normalizeOrigin(entry), null, entry);
    }
  });
});

describe('an extension', () => {
  const allows = (ALLOWED_ORIGINS: string, origin: string) =>
    'Access-Control-Allow-Origin' in corsHeaders(readConfig({ ALLOWED_ORIGINS }).ALLOWED_ORIGINS, origin);
  const firefox = 'moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc';
  const safari = 'safari-web-extension://E5F6A5B6-1234-4ABC-9DEF-0123456789AB';

  for (const origin of [firefox, safari]) {
    const [scheme] = origin.split('//');
    it(`of ${scheme} is allowed by its id or by *, and not by default`, () => {
      assert.ok(allows(origin, origin));
      assert.ok(allows(`https://a.example, ${scheme}//*`, origin));
      assert.ok(!allows(`${scheme}//*`, `x${origin}`));
      assert.ok(!allows('chrome-extension://*,http://localhost:3000', origin));
    });
  }
});
