const SUBSCRIPTION = 'local';

/** Creates the topic and a subscription to see its messages. Returns the subscription's URL. */
export async function createLocalTopic(pubsubUrl, projectId, topic) {
  const project = `projects/${projectId}`;
  const subscription = `${pubsubUrl}/v1/${project}/subscriptions/${SUBSCRIPTION}`;
  await put(`${pubsubUrl}/v1/${project}/topics/${topic}`, {});
  await put(subscription, { topic: `${project}/topics/${topic}` });
  return subscription;
}

async function put(url, body) {
  const headers = { 'Content-Type': 'application/json' };
  const { ok, status } = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) });
  const isPresent = status === 409;
  if (!ok && !isPresent) throw new Error(`PUT ${url} failed with status ${status}`);
}
