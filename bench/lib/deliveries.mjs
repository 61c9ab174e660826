import { request } from 'node:http';
import { createRequire } from 'node:module';
import { functions } from '../../scripts/lib/project.mjs';
import { PROJECT } from './emulators.mjs';
import { createdEvent } from './work.mjs';

const { Firestore } = createRequire(`${functions}/package.json`)('@google-cloud/firestore');

/** Stands in for Eventarc: tells the trigger, on a port, of every tweet that is captured from now on. */
export function startDeliveries(port) {
  const db = new Firestore({ projectId: PROJECT });
  const captured = db.collection('tweets').where('pendingSince', '>=', new Date());
  const end = captured.onSnapshot((snapshot) => {
    for (const { type, doc } of snapshot.docChanges()) {
      if (type !== 'added') continue;
      const { headers, body } = createdEvent(doc.id, { tweetId: doc.get('tweetId') });
      request({ host: '127.0.0.1', port, method: 'POST', headers }, (answer) => answer.resume())
        .on('error', () => {})
        .end(body);
    }
  });
  return async () => {
    end();
    await db.terminate();
  };
}
