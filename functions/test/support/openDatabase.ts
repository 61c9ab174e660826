// Commits to Firestore as a deployed function does: by TLS, with a token of the metadata server. A line of JSON for
// each commit tells after how many milliseconds it ended, and how. Another begins with each line of input.
import { createInterface } from 'node:readline';
import { openProject } from '../../src/platform/firestore/project.ts';

const { db } = openProject('(default)');
for await (const _ of createInterface(process.stdin)) {
  const startedAt = performance.now();
  const outcome = await db
    .doc('a/b')
    .set({})
    .then(
      () => 'committed',
      (error) => String(error),
    );
  console.log(JSON.stringify({ outcome, milliseconds: Math.round(performance.now() - startedAt) }));
}
