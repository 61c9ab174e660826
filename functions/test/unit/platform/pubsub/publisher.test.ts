import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { PublishError } from '../../../../src/core/errors.ts';
import { toMessage } from '../../../../src/delivery/queueItem.ts';
import { createPubsub } from '../../../../src/platform/pubsub/publisher.ts';
import { sampleCapture } from '../../../support/samples.ts';

const TOPIC = 'projects/p/topics/t';
const DEADLINE_MS = 300;
const message = toMessage(sampleCapture(new Date()));

describe('publishing by REST', () => {
  let server: ReturnType<typeof createServer>;
  let answer: RequestListener;
  before((done) => {
    server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1', done);
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  const open = () =>
    createPubsub({
      name: TOPIC,
      accessToken: async () => 'token',
      emulatorHost: `127.0.0.1:${(server.address() as AddressInfo).port}`,
      deadlineMs: DEADLINE_MS,
    }).publisher;
  const status =
    (code: number, body = '{}'): RequestListener =>
    (_request, response) => {
      response.statusCode = code;
      response.end(body);
    };
  const failure = async (kind: string, text: RegExp) =>
    await assert.rejects(open().publish([message]), (error) => {
      assert.ok(error instanceof PublishError);
      assert.equal(error.kind, kind);
      assert.match(error.message, text);
      return true;
    });

  it('follows nobody elsewhere: a redirect is an outage, and its target gets no message', async () => {
    const asked: (string | undefined)[] = [];
    answer = (request, response) => {
      asked.push(request.url);
      response.writeHead(307, { Location: '/elsewhere' }).end();
    };
    await failure('outage', /could not be reached/);
    assert.ok(!asked.includes('/elsewhere'));
  });

  it('answers the full names of the messages in their order', async () => {
    answer = status(200, '{"messageIds":["7","8"]}');
    assert.deepEqual(await open().publish([message, message]), [
      `${TOPIC}/messages/7`,
      `${TOPIC}/messages/8`,
    ]);
  });

  for (const code of [400, 413]) {
    it(`takes ${code} for a refusal of these messages`, async () => {
      answer = status(code);
      await failure('rejected', new RegExp(`^Pub/Sub answered ${code}$`));
    });
  }

  for (const code of [401, 403, 404, 429, 500, 503]) {
    it(`takes ${code} for an outage that would meet every message`, async () => {
      answer = status(code);
      await failure('outage', new RegExp(`^Pub/Sub answered ${code}$`));
    });
  }

  it('takes an answer that is not JSON, or has another number of ids, for an outage', async () => {
    answer = status(200, '<html>');
    await failure('outage', /^Pub\/Sub could not be reached/);
    answer = status(200, '{"messageIds":[]}');
    await failure('outage', /unexpected answer/);
  });

  it('gives up at its deadline when no answer comes', async () => {
    answer = () => {};
    await failure('outage', /^Pub\/Sub did not answer within 300 ms$/);
  });

  it('gives up at its deadline when an answer begins and does not end', async () => {
    answer = (_request, response) => response.write('{"messageIds":');
    await failure('outage', /^Pub\/Sub did not answer within 300 ms$/);
  });

  it('leaves a connection without an answer: the next publish opens another', async () => {
    answer = status(200, '{"messageIds":["1"]}');
    await open().publish([message]);
    const connections: unknown[] = [];
    let isMute = true;
    answer = (request, response) => {
      connections.push(request.socket);
      if (!isMute) status(200, '{"messageIds":["2"]}')(request, response);
    };
    await failure('outage', /^Pub\/Sub did not answer within 300 ms$/);
    isMute = false;
    await open().publish([message]);
    assert.equal(new Set(connections).size, 2);
    assert.ok((connections[0] as Socket).destroyed);
  });

  it('creates a missing topic, which only an emulator forgets', async () => {
    const seen: string[] = [];
    answer = (request, response) => {
      seen.push(`${request.method} ${request.url}`);
      const missing = seen.length === 1;
      status(missing ? 404 : 200, '{"messageIds":["9"]}')(request, response);
    };
    assert.deepEqual(await open().publish([message]), [`${TOPIC}/messages/9`]);
    assert.deepEqual(seen, [`POST /v1/${TOPIC}:publish`, `PUT /v1/${TOPIC}`, `POST /v1/${TOPIC}:publish`]);
  });

  it('gives up at its deadline, against production, when the credentials do not come', async () => {
    const { publisher } = createPubsub({
      name: TOPIC,
      accessToken: () => new Promise(() => {}),
      deadlineMs: DEADLINE_MS,
    });
    await assert.rejects(publisher.publish([message]), /did not answer within 300 ms/);
  });
});
