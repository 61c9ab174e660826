import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { functions } from '../../scripts/project.mjs';
import { PROJECT } from './emulators.mjs';
import { openFirestore, Timestamp } from './firestore.mjs';

const { google } = createRequire(`${functions}/package.json`)(
  `${functions}/node_modules/firebase-functions/protos/compiledFirestore.js`,
);
const POLL_INTERVAL_MS = 5;
const { DocumentEventData } = google.events.cloud.firestore.v1;

/**
 * A stand-in for Eventarc: sends an event to the trigger, on a port, for each expected tweet once it is stored. It polls,
 * since a listener slows the emulator down.
 */
export function startDeliveries(port) {
  const db = openFirestore();
  const expected = new Set();
  const send = ({ headers, body }) =>
    request({ host: '127.0.0.1', port, method: 'POST', headers }, (answer) => answer.resume())
      .on('error', () => {})
      .end(body);
  let isOpen = true;
  const poll = async () => {
    for (; isOpen; await sleep(POLL_INTERVAL_MS)) {
      if (expected.size === 0) continue;
      for (const document of await db.getAll(...[...expected].map((id) => db.doc(`tweets/${id}`)))) {
        if (document.exists && expected.delete(document.id)) send(createdEvent(document));
      }
    }
  };
  const polling = poll();
  return {
    expect: (id) => void expected.add(id),
    async stop() {
      isOpen = false;
      await polling;
      await db.terminate();
    },
  };
}

/** The event of Eventarc for a new document. */
export function createdEvent(document) {
  const path = `documents/${document.ref.path}`;
  const name = `projects/${PROJECT}/databases/(default)/${path}`;
  const { fields } = toValue(document.data()).mapValue;
  const times = { createTime: toSeconds(document.createTime), updateTime: toSeconds(document.updateTime) };
  const event = DocumentEventData.create({ value: { name, fields, ...times } });
  return {
    headers: {
      'Content-Type': 'application/protobuf',
      'ce-id': randomUUID(),
      'ce-specversion': '1.0',
      'ce-type': 'google.cloud.firestore.document.v1.created',
      'ce-source': `//firestore.googleapis.com/projects/${PROJECT}/databases/(default)`,
      'ce-subject': path,
      'ce-time': new Date().toISOString(),
      'ce-datacontenttype': 'application/protobuf',
      'ce-document': document.ref.path,
      'ce-database': '(default)',
      'ce-namespace': '(default)',
      'ce-project': PROJECT,
      'ce-location': 'us-central1',
    },
    body: Buffer.from(DocumentEventData.encode(event).finish()),
  };
}

const toSeconds = ({ seconds, nanoseconds }) => ({ seconds, nanos: nanoseconds });

/** A value of the types in a tweet document, as Firestore's Value. */
function toValue(value) {
  if (value === null) return { nullValue: 0 };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { booleanValue: value };
  if (typeof value === 'number') return { integerValue: value };
  if (value instanceof Timestamp) return { timestampValue: toSeconds(value) };
  const fields = Object.entries(value).map(([key, inner]) => [key, toValue(inner)]);
  return { mapValue: { fields: Object.fromEntries(fields) } };
}
