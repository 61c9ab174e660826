import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  assertFails,
  initializeTestEnvironment,
  type RulesTestEnvironment,
} from '@firebase/rules-unit-testing';
import { setLogLevel } from 'firebase/firestore';
import { repository } from '../support/project.ts';
import { suite } from '../support/suite.ts';

const PATHS = [
  'users/a',
  'userEmails/a',
  'sessions/a',
  'tweets/a',
  'queue/a',
  'anything/a',
  'users/a/deeper/b',
];

describe('the Firestore rules', () => {
  let environment: RulesTestEnvironment;
  before(async () => {
    setLogLevel('silent');
    const [host = '', port] = suite.firestoreHost.split(':');
    const rules = readFileSync(join(repository, 'firestore.rules'), 'utf8');
    environment = await initializeTestEnvironment({
      projectId: 'demo-rules',
      firestore: { host, port: Number(port), rules },
    });
    await environment.withSecurityRulesDisabled(async (context) => {
      for (const path of PATHS) await context.firestore().doc(path).set({ userId: 'a' });
    });
  });
  after(async () => await environment.cleanup());

  const clients = {
    'nobody signed in': () => environment.unauthenticatedContext(),
    'the owner signed in': () => environment.authenticatedContext('a'),
    'an admin signed in': () => environment.authenticatedContext('a', { role: 'admin', admin: true }),
  };
  for (const [who, client] of Object.entries(clients)) {
    it(`deny a client with ${who} every read and write`, async () => {
      const db = client().firestore();
      for (const path of PATHS) {
        const document = db.doc(path);
        await assertFails(document.get());
        await assertFails(document.set({ a: 1 }));
        await assertFails(document.update({ a: 1 }));
        await assertFails(document.delete());
        await assertFails(document.parent.get());
      }
    });
  }
});
