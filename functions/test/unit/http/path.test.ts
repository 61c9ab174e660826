import assert from 'node:assert/strict';
import { matchPath } from '../../../src/http/path.ts';

const PLAIN = '/api/account';
const WITH_ID = '/api/account/sessions/{id}';

/** Template, path, and the parameters found. */
const CASES: [string, string, Record<string, string> | null][] = [
  [PLAIN, '/api/account', {}],
  [PLAIN, '/', null],
  [PLAIN, '', null],
  [PLAIN, '//', null],
  [PLAIN, '/api/account/', null],
  [PLAIN, '/api/account/x', null],
  [PLAIN, '/account', null],
  [PLAIN, '/API/account', null],
  [WITH_ID, '/api/account/sessions/7', { id: '7' }],
  [WITH_ID, '/7', null],
  [WITH_ID, '/api/account/sessions', null],
  [WITH_ID, '/api/account/sessions/7/8', null],
  [WITH_ID, '/api/%61ccount/sessions/%37', { id: '7' }],
  [WITH_ID, '/api/account%2Fsessions/7', null],
  [WITH_ID, '/api/account/sessions/7%2F8', { id: '7/8' }],
  [WITH_ID, '/api/account/sessions/%', { id: '%' }],
];

describe('a path', () => {
  for (const [template, path, expected] of CASES) {
    it(`${JSON.stringify(path)} ${expected ? 'fits' : 'does not fit'} ${template}`, () => {
      assert.deepEqual(matchPath(template, path), expected);
    });
  }
});
