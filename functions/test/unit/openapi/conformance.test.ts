import assert from 'node:assert/strict';
import { assertDocumented, type Exchange } from '../../support/documented.ts';

const ID = '5f0c1e4e-3b8f-4a55-9a0e-6d2f1c9b7a10';
const counted = { 'RateLimit-Policy': '"default";q=100;w=60', RateLimit: '"default";r=99;t=42' };
const result = { tweetId: '20', status: 'duplicate', enriched: true };

/** What a batch may be answered, but for what is different. */
const answer = (different: object = {}, headers: Record<string, string> = {}, status = 200): Exchange => ({
  method: 'POST',
  template: '/api/tweets/batch',
  status,
  headers: new Headers({
    'Content-Type': 'application/json; charset=utf-8',
    'X-Request-Id': ID,
    ...counted,
    ...headers,
  }),
  text: JSON.stringify({ results: [{ ...result, ...different }] }),
});

describe('what holds answers to openapi.json', () => {
  it('lets a right one pass', () => {
    assertDocumented(answer());
  });

  for (const [what, wrong] of Object.entries({
    'a field of another type': answer({ tweetId: 20 }),
    'a value that is none of those named': answer({ status: 'stored' }),
    'a field that is missing': answer({ status: 'invalid' }),
    'a field that is not there in the document': answer({ secret: 1 }),
    'a header that is not in the document': answer({}, { 'X-Secret': '1' }),
    'a header of another form': answer({}, { RateLimit: 'many' }),
    'another media type': answer({}, { 'Content-Type': 'text/html' }),
    'another status': answer({}, {}, 201),
  })) {
    it(`refuses ${what}`, () => {
      assert.throws(() => assertDocumented(wrong), assert.AssertionError);
    });
  }

  it('refuses one without a header that is always there', () => {
    const wrong = answer();
    wrong.headers.delete('RateLimit');
    assert.throws(() => assertDocumented(wrong), /RateLimit is missing/);
  });
});
