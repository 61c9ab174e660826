import { fromCapture } from '../../../src/platform/firestore/tweetDocuments.ts';
import type { Capture } from '../../../src/tweets/tweet.ts';

/** The event of a tweet's creation, as the platform sends it (CloudEvents 1.0), in JSON. */
export function eventOf(capture: Capture, projectId: string) {
  const name = `projects/${projectId}/databases/(default)/documents/tweets/${capture.id}`;
  const time = capture.createdAt.toISOString();
  const value = { name, fields: fieldsOf(fromCapture(capture)), createTime: time, updateTime: time };
  return {
    headers: { 'Content-Type': 'application/cloudevents+json' },
    body: {
      specversion: '1.0',
      id: crypto.randomUUID(),
      source: `//firestore.googleapis.com/projects/${projectId}/databases/(default)`,
      type: 'google.cloud.firestore.document.v1.created',
      time,
      subject: `documents/tweets/${capture.id}`,
      datacontenttype: 'application/json',
      project: projectId,
      database: '(default)',
      namespace: '(default)',
      document: `tweets/${capture.id}`,
      location: 'us-central1',
      data: { value },
    },
  };
}

const fieldsOf = (data: object): object =>
  Object.fromEntries(Object.entries(data).map(([field, value]) => [field, toValue(value)]));

/** As the REST API of Firestore writes values. */
function toValue(value: unknown): object {
  if (value === null) return { nullValue: null };
  if (value instanceof Date) return { timestampValue: value.toISOString() };
  if (typeof value === 'boolean') return { booleanValue: value };
  if (typeof value === 'number') return { integerValue: String(value) };
  if (typeof value === 'string') return { stringValue: value };
  return { mapValue: { fields: fieldsOf(value as object) } };
}
