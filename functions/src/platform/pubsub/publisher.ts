import { PublishError } from '../../core/errors.ts';
import { withTimeout } from '../../core/timeout.ts';
import type { Publisher } from '../../delivery/ports.ts';
import type { Probe } from '../../health/healthCheck.ts';

interface Topic {
  /** `projects/<project>/topics/<topic>` */
  name: string;
  accessToken: () => Promise<string>;
  /** `host:port` of an emulator; a topic that is missing there is created. */
  emulatorHost?: string | undefined;
  deadlineMs: number;
}

/** Pub/Sub by its REST API: one call publishes up to 1000 messages, and no client library has to load. */
export function createPubsub(topic: Topic): { publisher: Publisher; probe: Probe } {
  const base = topic.emulatorHost ? `http://${topic.emulatorHost}/v1/` : 'https://pubsub.googleapis.com/v1/';

  const send = async (
    method: string,
    path: string,
    signal: AbortSignal,
    body?: object,
  ): Promise<Response> => {
    const token = topic.emulatorHost ? 'owner' : await topic.accessToken();
    return await fetch(base + path, {
      method,
      signal,
      redirect: 'error',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  };

  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const controller = new AbortController();
    const { signal } = controller;
    const exchange = async () => {
      let response = await send(method, path, signal, body);
      if (response.status === 404 && topic.emulatorHost) {
        await send('PUT', topic.name, signal, {});
        response = await send(method, path, signal, body);
      }
      if (!response.ok) throw refusal(response.status);
      return await response.json();
    };
    const tooLate = () => {
      controller.abort();
      throw new PublishError('outage', `Pub/Sub did not answer within ${topic.deadlineMs} ms`);
    };
    try {
      return await withTimeout(topic.deadlineMs, exchange(), tooLate);
    } catch (error) {
      throw error instanceof PublishError ? error : unreachable(error);
    }
  };

  return {
    publisher: {
      async publish(messages) {
        const encoded = messages.map(({ data, attributes }) => ({
          data: Buffer.from(JSON.stringify({ data, attributes })).toString('base64'),
          attributes,
        }));
        const answer = (await call('POST', `${topic.name}:publish`, { messages: encoded })) as {
          messageIds?: string[];
        };
        const ids = answer.messageIds ?? [];
        if (ids.length !== messages.length)
          throw new PublishError('outage', 'Pub/Sub gave an unexpected answer');
        return ids.map((id) => `${topic.name}/messages/${id}`);
      },
    },
    probe: async () => {
      await call('GET', topic.name);
    },
  };
}

/** 400 and 413 are about the messages; anything else would meet every other batch too. */
function refusal(status: number): PublishError {
  const kind = status === 400 || status === 413 ? 'rejected' : 'outage';
  return new PublishError(kind, `Pub/Sub answered ${status}`);
}

function unreachable(error: unknown): PublishError {
  const { name, cause } = error as Error;
  const reason = (cause as { code?: string } | undefined)?.code ?? name;
  return new PublishError('outage', `Pub/Sub could not be reached (${reason})`);
}
