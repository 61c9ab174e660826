import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportAccount } from '../../src/accounts/exportAccount.ts';
import { PARAMETERS, TUNING } from '../../src/config.ts';
import { exportTweets } from '../../src/tweets/exportTweets.ts';
import { repository } from '../support/project.ts';

const read = (file: string) => readFileSync(join(repository, file), 'utf8');
const UNITS: Record<string, number> = { KiB: 1024, s: 1000, min: 60_000, h: 3_600_000, days: 86_400_000 };

describe('docs/security.md', () => {
  const text = read('docs/security.md');
  /** The rows of all tables, each as its cells. */
  const rows = [...text.matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) =>
    row.split('|').map((cell) => cell.trim()),
  );

  it('names each requirement once, in the form that ASVS 5.0 has', () => {
    const ids = rows
      .filter(([first = '']) => /^[0-9]/.test(first))
      .flatMap(([first = '']) => first.split(', '));
    assert.ok(ids.length > 100);
    for (const id of ids) assert.match(id, /^([1-9]|1[0-7])\.[1-9][0-9]?\.[1-9][0-9]?$/);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
  });

  it('names files that are there', () => {
    const files = [...text.matchAll(/`([\w./]+\.(ts|mjs|json|rules))`/g)].map(([, file = '']) => file);
    assert.ok(files.length > 100);
    for (const file of files) {
      const places = ['functions/src', 'functions/test', ''].map((folder) => join(repository, folder, file));
      assert.ok(places.some(existsSync), file);
    }
    for (const [, link = ''] of text.matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)) {
      assert.ok(link.startsWith('https://') || existsSync(join(repository, 'docs', link)), link);
    }
  });

  it('names tests by titles that their files have', () => {
    const named = rows.flatMap((row) => [...(row.at(-1) ?? '').matchAll(/^`([\w/]+\.test\.ts)`: (.+)$/g)]);
    assert.ok(named.length > 50);
    assert.equal(named.length, text.match(/\.test\.ts`: /g)?.length);
    for (const [, file = '', title = ''] of named) {
      const code = read(`functions/test/${file}`);
      // A title by itself, or a part of one in a table of cases.
      const forms = [`'${title}'`, `"${title}"`].flatMap((literal) => [`it(${literal},`, `${literal}: `]);
      assert.ok(
        forms.some((form) => code.includes(form)),
        `${file}: ${title}`,
      );
    }
  });

  it('states the limits as they are configured', () => {
    const section = text.split('\n## Limits\n')[1] ?? '';
    const stated = [...section.matchAll(/\| ([0-9]+)( \w+)? \| `([\w.]+)` \|$/gm)];
    assert.ok(stated.length > 10);
    assert.equal(stated.length, section.match(/^\| .*`/gm)?.length);
    for (const [, number, unit = '', name = ''] of stated) {
      assert.equal(Number(number) * (UNITS[unit.trim()] ?? 1), configured(name), name);
    }
  });
});

/** The value of a parameter or of a tunable number; times are in milliseconds. */
function configured(name: string): unknown {
  const numbers: Record<string, unknown> = { ...TUNING, exportAccount, exportTweets };
  if (!(name in PARAMETERS)) {
    return name.split('.').reduce<unknown>((part, key) => (part as typeof numbers)[key], numbers);
  }
  const value = Number(PARAMETERS[name as keyof typeof PARAMETERS].default);
  if (name.endsWith('_MINUTES')) return value * 60_000;
  return name.endsWith('_DAYS') ? value * 86_400_000 : value;
}
