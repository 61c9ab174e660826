import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { LOGIN_THROTTLE } from '../../../src/accounts/loginThrottle.ts';
import { BCRYPT_COST } from '../../../src/accounts/password.ts';
import { SESSION_CACHE } from '../../../src/accounts/sessionCache.ts';
import { PARAMETERS } from '../../../src/config/parameters.ts';
import { DEFAULT_BODY } from '../../../src/http/endpoint.ts';
import { REQUEST_DEADLINE_MS } from '../../../src/http/pipeline.ts';
import { REFUSALS } from '../../../src/http/refusals.ts';
import { MAX_INSTANCES } from '../../../src/platform/functions/deployment.ts';
import { ERASURE } from '../../../src/privacy/eraseAccounts.ts';
import { exportAccount } from '../../../src/privacy/exportAccount.ts';
import { BATCH } from '../../../src/tweets/captureBatch.ts';
import { exportTweets } from '../../../src/tweets/exportTweets.ts';
import { readFile, sourceFiles } from '../../support/repositoryFiles.ts';

const UNITS: Record<string, number> = { KiB: 1024, s: 1000, min: 60_000, h: 3_600_000, days: 86_400_000 };

/** The numbers in the tags of a kind that the titles of tests carry, such as 6.3.1 of `[ASVS 6.3.1]`. */
function taggedIn(files: string[], kind: 'ASVS' | 'Privacy'): string[] {
  const title = new RegExp(`(?:it\\(|^ *)(['"]).*\\[${kind} ([0-9., ]+)\\]\\1`, 'gm');
  return files.flatMap((file) =>
    [...readFile(file).matchAll(title)].flatMap(([, , numbers = '']) => numbers.split(', ')),
  );
}

const unique = (values: string[]) => [...new Set(values)].sort();

describe('docs/security.md', () => {
  const text = readFile('docs/security.md');
  const section = (title: string) => text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  /** The first cells of all rows of tables whose first cell is one or more numbers, split. */
  const numbersIn = (part: string) =>
    [...part.matchAll(/^\| ([0-9][0-9., ]*) \|/gm)].flatMap(([, cell = '']) => cell.split(', '));
  const [withTest = '', withoutTest = ''] = section('Met requirements').split('\n### Met without a test');
  const tests = sourceFiles().filter((file) => /\.test\.(ts|mjs)$/.test(file));

  it('names each requirement once, in the form of ASVS 5.0', () => {
    const all = numbersIn(text);
    assert.ok(all.length > 100);
    for (const number of all) assert.match(number, /^([1-9]|1[0-7])\.[1-9][0-9]?\.[1-9][0-9]?$/);
    assert.deepEqual(all.length, new Set(all).size);
    assert.ok(numbersIn(withoutTest).length > 20);
  });

  it('names as met exactly the requirements that titles of tests are tagged with', () => {
    assert.ok(numbersIn(withTest).length > 50);
    assert.deepEqual(unique(taggedIn(tests, 'ASVS')), unique(numbersIn(withTest)));
  });

  it('names exactly the rights of privacy that titles of tests are tagged with', () => {
    const rights = [...text.matchAll(/^\| P([0-9]+) \|/gm)].map(([, number = '']) => number);
    assert.ok(rights.length > 5);
    assert.deepEqual(unique(taggedIn(tests, 'Privacy')), unique(rights));
  });

  it('names code files that exist', () => {
    const names = new Set(sourceFiles().map((file) => basename(file)));
    const named = [...text.matchAll(/\| `([\w.]+\.(?:ts|mjs))` \|$/gm)].map(([, file = '']) => file);
    assert.ok(named.length > 50);
    for (const file of named) assert.ok(names.has(file), file);
  });

  it('states the limits as they are configured', () => {
    const limits = section('Limits');
    const stated = [...limits.matchAll(/\| ([0-9]+)( \w+)? \| `([\w.]+)` \|$/gm)];
    assert.ok(stated.length > 10);
    assert.equal(stated.length, limits.match(/^\| .*`/gm)?.length);
    for (const [, number, unit = '', name = ''] of stated) {
      assert.equal(Number(number) * (UNITS[unit.trim()] ?? 1), configured(name), name);
    }
  });
});

/** The value of a parameter or of a tunable number; times are in milliseconds. */
function configured(name: string): unknown {
  const numbers: Record<string, unknown> = {
    ...{
      LOGIN_THROTTLE,
      SESSION_CACHE,
      DEFAULT_BODY,
      BATCH,
      REQUEST_DEADLINE_MS,
      MAX_INSTANCES,
      REFUSALS,
      BCRYPT_COST,
      ERASURE,
    },
    ...{ exportAccount, exportTweets },
  };
  if (!(name in PARAMETERS)) {
    return name.split('.').reduce<unknown>((part, key) => (part as typeof numbers)[key], numbers);
  }
  const value = Number(PARAMETERS[name as keyof typeof PARAMETERS].default);
  if (name.endsWith('_MINUTES')) return value * 60_000;
  return name.endsWith('_DAYS') ? value * 86_400_000 : value;
}
