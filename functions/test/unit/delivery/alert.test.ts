import assert from 'node:assert/strict';
import { createAlert } from '../../../src/delivery/alert.ts';
import { type LogLine, memoryServices } from '../../support/memory/services.ts';
import { startWebhook } from '../../support/webhook.ts';

const SETTINGS = { timeoutMs: 150, pausesMs: [10, 10], maxIds: 3 };
const TRIES = 3;

type Webhook = Awaited<ReturnType<typeof startWebhook>>;

describe('an alert', () => {
  let webhook: Webhook | undefined;
  let lines: LogLine[];
  afterEach(() => webhook?.stop());

  const alertTo = (url: URL | null) => {
    const { services, ...memory } = memoryServices();
    lines = memory.lines;
    return createAlert(url, services.clock, services.log, SETTINGS);
  };
  const send = async (answer: Parameters<typeof startWebhook>[0], ids = ['u_1']) => {
    webhook = await startWebhook(answer);
    const started = performance.now();
    await alertTo(webhook.url)(ids);
    return { received: webhook.received, tookMs: performance.now() - started };
  };
  const reasons = () =>
    lines.map(({ severity, event, fields }) => [severity, event, fields.reason, fields.deadLetters]);

  it('is one JSON message that says in words what happened, and names the tweets', async () => {
    const { received } = await send((response) => response.end('ok'));
    const text = 'Tweet Capture: 1 tweet was given up after the last attempt to publish: u_1.';
    assert.deepEqual(
      received.map(({ method, type, body }) => [method, type, body]),
      [['POST', 'application/json', { text, deadLetters: 1, ids: ['u_1'] }]],
    );
    assert.deepEqual(lines, []);
  });

  it('names some of many, and counts them all', async () => {
    const ids = ['u_1', 'u_2', 'u_3', 'u_4', 'u_5'];
    const { received } = await send((response) => response.writeHead(204).end(), ids);
    const text =
      'Tweet Capture: 5 tweets were given up after the last attempt to publish: u_1, u_2, u_3 and 2 more.';
    assert.deepEqual(received[0]?.body, { text, deadLetters: 5, ids: ids.slice(0, 3) });
  });

  it('is sent again where the webhook fails, and not after that', async () => {
    const { received } = await send((response) => {
      response.writeHead(webhook?.received.length === 1 ? 503 : 200).end();
    });
    assert.equal(received.length, 2);
    assert.deepEqual(lines, []);
  });

  it('is an ERROR in the log where the webhook goes on failing, and nothing worse', async () => {
    const { received } = await send((response) => response.writeHead(500).end('no'));
    assert.equal(received.length, TRIES);
    assert.deepEqual(reasons(), [['ERROR', 'alert_not_sent', 'It answered 500', 1]]);
  });

  const hanging: Record<string, Parameters<typeof startWebhook>[0]> = {
    'says nothing': () => {},
    'sends half of its headers': (response) => response.socket?.write('HTTP/1.1 200 OK\r\nA: b'),
  };
  for (const [what, answer] of Object.entries(hanging)) {
    it(`takes no longer than its deadlines where the webhook ${what}`, async () => {
      const { received, tookMs } = await send(answer);
      assert.equal(received.length, TRIES);
      assert.ok(tookMs >= TRIES * SETTINGS.timeoutMs - 10 && tookMs < TRIES * SETTINGS.timeoutMs + 1000);
      assert.deepEqual(reasons(), [['ERROR', 'alert_not_sent', 'It did not answer within 150 ms', 1]]);
    });
  }

  it('does not wait for a body that never ends', async () => {
    const { tookMs, received } = await send((response) => {
      response.writeHead(200).write('o');
    });
    assert.equal(received.length, 1);
    assert.ok(tookMs < SETTINGS.timeoutMs);
    assert.deepEqual(lines, []);
  });

  it('follows no redirect', async () => {
    const other = await startWebhook((response) => response.end());
    const { received } = await send((response) => {
      response.writeHead(307, { Location: other.url.href }).end();
    });
    other.stop();
    assert.deepEqual([received.length, other.received.length], [TRIES, 0]);
    assert.equal(lines[0]?.event, 'alert_not_sent');
  });

  it('finds nobody there, and says why without the URL, which is a secret', async () => {
    const gone = await startWebhook(() => {});
    gone.stop();
    await alertTo(gone.url)(['u_1']);
    assert.deepEqual(reasons(), [['ERROR', 'alert_not_sent', 'ECONNREFUSED', 1]]);
    await alertTo(new URL('https://no-such-host.invalid/services/s3cret'))(['u_1']);
    assert.equal(lines[0]?.event, 'alert_not_sent');
    assert.ok(!JSON.stringify(lines).includes('s3cret'));
  });

  it('goes nowhere where there is no webhook', async () => {
    await alertTo(null)(['u_1']);
    assert.deepEqual(lines, []);
  });
});
