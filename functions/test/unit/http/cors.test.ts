import assert from 'node:assert/strict';
import { PARAMETERS, readConfig } from '../../../src/config/parameters.ts';
import { corsHeaders, preflightHeaders } from '../../../src/http/cors.ts';

const DEFAULTS = readConfig({ ALLOWED_ORIGINS: PARAMETERS.ALLOWED_ORIGINS.default }).ALLOWED_ORIGINS;
const allows = (origin: string, allowed = DEFAULTS) =>
  corsHeaders(allowed, origin)['Access-Control-Allow-Origin'] === origin;

describe('an origin', () => {
  it('is allowed by default for every extension of Chrome and for localhost:3000', () => {
    for (const origin of ['chrome-extension://abcdefghijklmnopabcdefghijklmnop', 'http://localhost:3000']) {
      assert.ok(allows(origin), origin);
    }
  });

  it('is not allowed when it only looks like an allowed one', () => {
    const origins = [
      'null',
      '',
      '*',
      'chrome-extension://',
      'chrome-extension://a/b',
      'chrome-extension://a:80',
      'chrome-extension://a?b',
      'chrome-extension://a@b',
      'chrome-extension://a b',
      'chrome-extension://a\n',
      'xchrome-extension://a',
      'Chrome-Extension://a',
      'moz-extension://a',
      'http://localhost',
      'http://localhost:30001',
      'http://localhost:3000/',
      'http://localhost:3000.evil.example',
      'https://localhost:3000',
      'http://evil.example/http://localhost:3000',
      'https://evil.example',
    ];
    for (const origin of origins) assert.ok(!allows(origin), JSON.stringify(origin));
  });

  it('may be matched by one * inside a host, which stands for at least one character', () => {
    const allowed = ['https://*.example.com'];
    assert.ok(allows('https://a.example.com', allowed));
    assert.ok(allows('https://a.b.example.com', allowed));
    const others = ['https://.example.com', 'https://example.com', 'https://evil.example/.example.com'];
    for (const origin of [...others, 'https://a.example.com.evil.example', 'https://aexample.com']) {
      assert.ok(!allows(origin, allowed), origin);
    }
  });

  it('is not matched by a pattern whose ends overlap in it', () => {
    assert.ok(!allows('http://aba', ['http://ab*ba']));
  });

  it('that is allowed may read what the API says in headers', () => {
    const headers = corsHeaders(DEFAULTS, 'http://localhost:3000');
    const exposed = headers['Access-Control-Expose-Headers']?.split(', ');
    for (const name of [
      'X-Request-Id',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'Preference-Applied',
      'Content-Disposition',
    ]) {
      assert.ok(exposed?.includes(name), name);
    }
  });

  it('changes the answer, which is said whether or not there is an allowed one', () => {
    assert.deepEqual(corsHeaders(DEFAULTS, undefined), { Vary: 'Origin' });
    assert.deepEqual(corsHeaders(DEFAULTS, 'https://evil.example'), { Vary: 'Origin' });
    assert.equal(corsHeaders(DEFAULTS, 'http://localhost:3000').Vary, 'Origin');
  });

  it('never gets leave to send cookies [ASVS 3.5.1]', () => {
    const headers = {
      ...corsHeaders(DEFAULTS, 'http://localhost:3000'),
      ...preflightHeaders(['POST', 'OPTIONS']),
    };
    assert.ok(!('Access-Control-Allow-Credentials' in headers));
  });
});

describe('a preflight', () => {
  it('is told the method and the headers that requests may have', () => {
    const headers = preflightHeaders(['POST', 'OPTIONS']);
    assert.equal(headers['Access-Control-Allow-Methods'], 'POST');
    const allowed = headers['Access-Control-Allow-Headers']?.split(', ').sort();
    const tracing = ['baggage', 'traceparent', 'tracestate'];
    assert.deepEqual(allowed, ['Authorization', 'Content-Type', 'Prefer', 'X-Request-Id', ...tracing]);
  });
});
