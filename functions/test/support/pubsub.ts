import { assertMessage } from './documented.ts';
import { suite } from './suite.ts';

const TOPIC = 'tweet-likes-raw';

export interface Message {
  messageId: string;
  attributes: Record<string, string>;
  /** The payload as text. */
  data: string;
}

interface Pulled {
  receivedMessages?: {
    ackId: string;
    message: { messageId: string; data?: string; attributes?: Record<string, string> };
  }[];
}

/** A subscription to the topic, both created unless they exist; it gets what is published from now on. */
export async function subscribe(name: string, projectId: string = suite.projectId) {
  const topic = `projects/${projectId}/topics/${TOPIC}`;
  const subscription = `projects/${projectId}/subscriptions/${name}`;
  await call('PUT', topic);
  await call('PUT', subscription, { topic, ackDeadlineSeconds: 60 });

  return {
    /** Everything that waits, acknowledged. Fails where a message is not what docs/message.schema.json says. */
    async pullAll(): Promise<Message[]> {
      const all: Message[] = [];
      for (;;) {
        const wish = { maxMessages: 1000, returnImmediately: true };
        const { receivedMessages = [] } = (await call('POST', `${subscription}:pull`, wish)) as Pulled;
        if (receivedMessages.length === 0) return all;
        for (const { message } of receivedMessages) {
          const data = Buffer.from(message.data ?? '', 'base64').toString('utf8');
          const { messageId, attributes = {} } = message;
          assertMessage(data, attributes);
          all.push({ messageId, attributes, data });
        }
        const ackIds = receivedMessages.map(({ ackId }) => ackId);
        await call('POST', `${subscription}:acknowledge`, { ackIds });
      }
    },
  };
}

/** Publishes a message as it is, as often as it is called. */
export async function publish({ attributes, data }: Message, projectId: string = suite.projectId) {
  const message = { attributes, data: Buffer.from(data).toString('base64') };
  await call('POST', `projects/${projectId}/topics/${TOPIC}:publish`, { messages: [message] });
}

export type Subscription = Awaited<ReturnType<typeof subscribe>>;

/** Asks the emulator itself, not the proxy in front of it. */
async function call(method: string, path: string, body: object = {}): Promise<unknown> {
  const response = await fetch(`http://${suite.pubsubHost}/v1/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const exists = method === 'PUT' && response.status === 409;
  if (!response.ok && !exists) throw new Error(`${method} ${path} answered ${response.status}`);
  return await response.json();
}
