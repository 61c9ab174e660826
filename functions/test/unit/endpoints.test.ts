import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as endpoints from '../../src/endpoints.ts';

interface Rewrite {
  source: string;
  function: { functionId: string };
}

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');

describe('the endpoints', () => {
  it('each have the name of their function', () => {
    for (const [name, definition] of Object.entries(endpoints)) assert.equal(definition.name, name);
  });

  it('each have a path of their own', () => {
    const paths = Object.values(endpoints).map(({ path }) => path);
    assert.equal(new Set(paths).size, paths.length);
  });

  it('are what Hosting rewrites to, each at its path, and every other path of the API ends at health', () => {
    const rewrites: Rewrite[] = JSON.parse(read('firebase.json')).hosting.rewrites;
    const targets = rewrites.map((rewrite) => [rewrite.source, rewrite.function.functionId]);
    const expected: string[][] = Object.values(endpoints).map(({ path, name }) => [
      path.replace(/\{[^}]*\}/g, '*'),
      name,
    ]);
    // The first rewrite that matches counts, so the one that matches everything is the last.
    assert.deepEqual(targets.pop(), ['/api/**', 'health']);
    assert.deepEqual(targets.sort(), expected.sort());
  });

  it('name each refusal of their own once', () => {
    for (const { name, failures } of Object.values(endpoints)) {
      assert.equal(new Set(failures).size, failures.length, name);
    }
  });
});
