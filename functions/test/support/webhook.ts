import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook on this machine, with what it was sent; `answer` is called with each request once it was read. */
export async function startWebhook(answer: (response: ServerResponse, request: IncomingMessage) => void) {
  const received: { method: string; type: string; body: Record<string, unknown>; at: number }[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const { method = '', headers } = request;
    const type = headers['content-type'] ?? '';
    received.push({ method, type, body: JSON.parse(text || '{}'), at: performance.now() });
    answer(response, request);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/services/s3cret`),
    received,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
