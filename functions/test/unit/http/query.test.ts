import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Problem } from '../../../src/http/problem.ts';
import { MAX_QUERY_CHARACTERS, readQuery } from '../../../src/http/query.ts';
import { cpuTimeOf } from '../../support/cpuTime.ts';

const LIST = ['limit', 'cursor', 'status', 'author', 'from', 'to'];

const errorsOf = (query: string, known = LIST) => {
  try {
    readQuery(query, known);
  } catch (error) {
    assert.equal((error as Problem).code, 'invalid_request');
    return (error as Problem).fields;
  }
  return [];
};
const messagesOf = (query: string, known = LIST) => errorsOf(query, known).map(({ message }) => message);

describe('a query string', () => {
  it('gives its parameters, with or without the question mark in front', () => {
    for (const query of ['author=a%26b&limit=5', '?author=a%26b&limit=5', '&author=a%26b&&limit=5&']) {
      assert.deepEqual(readQuery(query, LIST), { author: 'a&b', limit: '5' });
    }
    for (const query of ['', '?', '&']) assert.deepEqual(readQuery(query, []), {});
  });

  it('keeps what comes after a second question mark', () => {
    assert.deepEqual(readQuery('author=a?status=failed', LIST), { author: 'a?status=failed' });
  });

  it('refuses an unknown parameter, names it, and suggests the closest known one', () => {
    const cases: [string, string][] = [
      ['auhtor=x', 'unknown parameter auhtor; did you mean author?'],
      ['AUTHOR=x', 'unknown parameter AUTHOR; did you mean author?'],
      ['limits=5', 'unknown parameter limits; did you mean limit?'],
      ['stat=5', 'unknown parameter stat; did you mean status?'],
      ['courser=5', 'unknown parameter courser; did you mean cursor?'],
      ['utm=1', `unknown parameter utm; this endpoint takes ${LIST.join(', ')}`],
      ['limit=5&__proto__=1', `unknown parameter __proto__; this endpoint takes ${LIST.join(', ')}`],
      ['=x', `unknown parameter ; this endpoint takes ${LIST.join(', ')}`],
    ];
    for (const [query, message] of cases) assert.deepEqual(messagesOf(query), [message]);
    assert.deepEqual(messagesOf('ab=1', ['a']), ['unknown parameter ab; did you mean a?']);
    assert.deepEqual(messagesOf('a=1', ['ab']), ['unknown parameter a; did you mean ab?']);
    assert.deepEqual(messagesOf('utm=1', []), ['unknown parameter utm; this endpoint takes none']);
  });

  it('refuses an unknown parameter once, also if it is repeated', () => {
    const expected = [{ path: 'utm', message: 'unknown parameter utm; this endpoint takes none' }];
    assert.deepEqual(errorsOf('utm=1&utm=2', []), expected);
  });

  it('refuses a known parameter that is given twice', () => {
    assert.deepEqual(errorsOf('limit=1&limit=1'), [{ path: 'limit', message: 'may be given once' }]);
  });

  it('lists ten errors at most, and of a long name its beginning', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `a${index}=1`).join('&');
    assert.equal(errorsOf(many).length, 10);
    assert.deepEqual(errorsOf('😀'.repeat(60), [])[0]?.path, '😀'.repeat(50));
  });

  it('refuses more characters than its limit, without reading them', () => {
    const limit = MAX_QUERY_CHARACTERS;
    assert.equal(readQuery(`author=${'a'.repeat(limit - 7)}`, LIST).author?.length, limit - 7);
    const expected = [{ path: '', message: 'the query string may have at most 8192 characters' }];
    assert.deepEqual(errorsOf(`author=${'a'.repeat(limit - 6)}`), expected);
  });

  it('gives exactly the known parameters that a caller wrote, and fails for any others', () => {
    const names = fc.oneof(fc.constantFrom(...LIST), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(names, fc.string()), { selector: ([name]) => name }), (pairs) => {
        const query = String(new URLSearchParams(pairs));
        const unknown = pairs.filter(([name]) => !LIST.includes(name.toWellFormed()));
        if (unknown.length > 0) assert.ok(errorsOf(query).length > 0);
        else assert.deepEqual(readQuery(query, LIST), Object.fromEntries(pairs));
      }),
    );
  });

  it('is read in linear time: hostile ones of the longest size take no time to speak of', () => {
    const limit = MAX_QUERY_CHARACTERS;
    const hostile = ['a&'.repeat(limit), '='.repeat(limit), '%'.repeat(limit), 'limit=1&'.repeat(limit)];
    hostile.push(Array.from({ length: limit }, (_, index) => `a${index}`).join('&'));
    const spent = cpuTimeOf(() => {
      for (const query of hostile) assert.ok(errorsOf(query.slice(0, limit)).length > 0);
    });
    assert.ok(spent < 2000, `${spent} ms`);
  });
});
