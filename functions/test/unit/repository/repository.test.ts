import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const read = (name: string) => readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8');

describe('the lock files', () => {
  for (const name of ['package-lock.json', 'functions/package-lock.json']) {
    it(`name no registry, so that each uses the one of its own machine: ${name}`, () => {
      interface Locked {
        resolved?: string;
        /** A workspace, whose `resolved` is its folder. */
        link?: boolean;
      }
      const { packages } = JSON.parse(read(name)) as { packages: Record<string, Locked> };
      const locked = Object.entries(packages).filter(([path, { link }]) => path !== '' && !link);
      assert.ok(locked.length > 0);
      assert.deepEqual(
        locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path),
        [],
      );
    });
  }
});

describe('what is deployed beside the functions', () => {
  const { hosting, functions } = JSON.parse(read('firebase.json'));

  it('is built before each deploy', () => {
    for (const part of [hosting, functions[0]]) assert.deepEqual(part.predeploy, ['npm run build']);
  });

  it('serves pages by HTTPS only, and nothing of a local secret', () => {
    const headers: { key: string; value: string }[] = hosting.headers[0].headers;
    const strict = headers.find(({ key }) => key === 'Strict-Transport-Security');
    assert.match(strict?.value ?? '', /^max-age=[0-9]{8,}/);
    assert.ok(functions[0].ignore.includes('.secret.local'));
  });

  it('allows nothing by its content security policy on paths that have none of their own', () => {
    const [everywhere] = hosting.headers;
    assert.equal(everywhere.source, '**');
    const policy = everywhere.headers.find(({ key }: { key: string }) => key === 'Content-Security-Policy');
    assert.equal(policy?.value, "default-src 'none'");
  });

  it('indexes no map, nor what nobody searches by: each entry would cost a write', () => {
    const { fieldOverrides } = JSON.parse(read('firestore.indexes.json'));
    const exempt = (fieldOverrides as { collectionGroup: string; fieldPath: string; indexes: object[] }[])
      .filter(({ indexes }) => indexes.length === 0)
      .map(({ collectionGroup, fieldPath }) => `${collectionGroup}.${fieldPath}`);
    const never = [
      'tweets.rawData',
      'queue.tweetData',
      'queue.attributes',
      'queue.messageBytes',
      'guesses.sources',
    ];
    assert.deepEqual(
      never.filter((field) => !exempt.includes(field)),
      [],
    );
  });

  for (const collection of ['sessions', 'auditLog', 'guesses', 'rateLimits']) {
    it(`deletes documents of ${collection} once they have expired`, () => {
      const { fieldOverrides } = JSON.parse(read('firestore.indexes.json'));
      const ttl = { collectionGroup: collection, fieldPath: 'expiresAt', ttl: true, indexes: [] };
      assert.ok(
        (fieldOverrides as object[]).some((override) => JSON.stringify(override) === JSON.stringify(ttl)),
      );
    });
  }
});
