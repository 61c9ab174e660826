import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as endpoints from '../../src/endpoints.ts';
import { type AnyEndpoint, deployedName } from '../../src/http/endpoint.ts';

interface Rewrite {
  source: string;
  function: { functionId: string };
}

const ALL: AnyEndpoint[] = Object.values(endpoints);
const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');

describe('the endpoints', () => {
  it('each have the name of their function', () => {
    for (const [name, definition] of Object.entries(endpoints)) assert.equal(definition.name, name);
  });

  it('each have a path of their own, or a method of their own in the one function of a path', () => {
    const different = (names: string[]) => new Set(names).size;
    const functions = ALL.map((definition) => `${definition.path} ${deployedName(definition)}`);
    assert.equal(different(ALL.map(({ method, path }) => `${method} ${path}`)), ALL.length);
    assert.equal(different(functions), different(ALL.map(({ path }) => path)));
    assert.equal(different(functions), different(ALL.map(deployedName)));
  });

  it('are what Hosting rewrites to, each at its path, and every other path of the API ends at health', () => {
    const rewrites: Rewrite[] = JSON.parse(read('firebase.json')).hosting.rewrites;
    const targets = rewrites.map((rewrite) => [rewrite.source, rewrite.function.functionId]);
    const expected = new Map(
      ALL.map((definition) => [definition.path.replace(/\{[^}]*\}/g, '*'), deployedName(definition)]),
    );
    // The first rewrite that matches counts, so the one that matches everything is the last.
    assert.deepEqual(targets.pop(), ['/api/**', 'health']);
    assert.deepEqual(targets.sort(), [...expected].sort());
  });

  it('are rewritten to before a pattern that fits their path, too', () => {
    const rewrites: Rewrite[] = JSON.parse(read('firebase.json')).hosting.rewrites;
    const sources = rewrites.map(({ source }) => source);
    for (const [index, source] of sources.entries()) {
      const pattern = new RegExp(`^${source.replaceAll('**', '.+').replaceAll('*', '[^/]+')}$`);
      const hidden = sources.slice(index + 1).filter((later) => pattern.test(later));
      assert.deepEqual(hidden, [], source);
    }
  });

  it('name each refusal of their own once', () => {
    for (const { name, failures } of Object.values(endpoints)) {
      assert.equal(new Set(failures).size, failures.length, name);
    }
  });
});
