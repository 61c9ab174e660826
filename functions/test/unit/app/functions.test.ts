import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as endpoints from '../../../src/app/endpoints.ts';
import type { ServedEndpoint } from '../../../src/app/functions.ts';
import { FUNCTIONS } from '../../../src/app/functions.ts';
import { functionOf } from '../../support/functionOf.ts';

interface Rewrite {
  source: string;
  function: { functionId: string };
}

const ALL: ServedEndpoint[] = Object.values(endpoints);
const read = (name: string) => readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8');

describe('the endpoints', () => {
  it('are named like their exports', () => {
    for (const [name, definition] of Object.entries(endpoints)) assert.equal(definition.name, name);
  });

  it('each have a method and path of their own', () => {
    assert.equal(new Set(ALL.map(({ method, path }) => `${method} ${path}`)).size, ALL.length);
  });

  it('are each served by one function, and those of one path by the same', () => {
    const served = Object.values(FUNCTIONS).flatMap((definition) =>
      definition.endpoints.map(({ name }) => name),
    );
    assert.deepEqual(served.sort(), ALL.map(({ name }) => name).sort());
    const functions = new Set(ALL.map((definition) => `${definition.path} ${functionOf(definition)}`));
    assert.equal(functions.size, new Set(ALL.map(({ path }) => path)).size);
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
    for (const { name, errors } of Object.values(endpoints)) {
      assert.equal(new Set(errors).size, errors.length, name);
    }
  });
});
