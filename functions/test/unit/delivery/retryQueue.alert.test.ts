import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors.ts';
import { ALERT_SETTINGS, createAlert } from '../../../src/delivery/alert.ts';
import {
  MAX_ATTEMPTS,
  PUBLISH_TIMEOUT_MS,
  RETRY_SCHEDULE,
  RETRY_SETTINGS,
} from '../../../src/delivery/policy.ts';
import { retryQueue } from '../../../src/delivery/retryQueue.ts';
import { down, refusing } from '../../support/faultyPublisher.ts';
import { queued } from '../../support/fill.ts';
import { memoryServices } from '../../support/memory/services.ts';
import { startWebhook } from '../../support/webhook.ts';

describe('a retry run', () => {
  let { services, clock, tweets, alerts, lines }: ReturnType<typeof memoryServices> = memoryServices();
  beforeEach(() => {
    ({ services, clock, tweets, alerts, lines } = memoryServices());
  });

  /** Items that have one attempt left. */
  const last = async (count: number) => {
    const ids = (await queued(services, count)).map(({ id }) => id);
    for (const id of ids) Object.assign(tweets.queue.get(id) ?? {}, { attempts: MAX_ATTEMPTS - 1 });
    return ids;
  };
  const refused = (ids: string[]) => {
    const isRefused = ids.length > 0;
    services.publisher = refusing(
      services.publisher,
      ({ attributes }) => isRefused && ids.includes(attributes.dedupeKey),
    );
  };

  it('alerts once of all dead letters that it made, over all its batches', async () => {
    const ids = await last(RETRY_SETTINGS.maxClaimItems + 2);
    await queued(services, 3);
    refused(ids);
    await retryQueue(services);
    assert.equal(alerts.length, 1);
    assert.deepEqual(alerts[0]?.toSorted(), ids.toSorted());
    await retryQueue(services);
    assert.equal(alerts.length, 1);
  });

  it('alerts of items whose runs died each time', async () => {
    const [id = ''] = await last(1);
    Object.assign(tweets.queue.get(id) ?? {}, { attempts: MAX_ATTEMPTS });
    await retryQueue(services);
    assert.deepEqual(alerts, [[id]]);
  });

  it('alerts of nothing where there are none, whatever else fails', async () => {
    await retryQueue(services);
    await queued(services, 2);
    services.publisher = down;
    await retryQueue(services);
    assert.deepEqual(alerts, []);
  });

  it('alerts of what it has made before it fails itself', async () => {
    const ids = await last(1);
    refused(ids);
    const { claimDue } = tweets;
    let batches = 0;
    tweets.claimDue = async (...asked) => {
      batches += 1;
      if (batches === 2) throw new AppError('unavailable', 'The database cannot be reached. Try again.');
      return await claimDue(...asked);
    };
    await assert.rejects(retryQueue(services), { code: 'unavailable' });
    assert.deepEqual(alerts, [ids]);
  });

  describe('whose webhook', () => {
    const broken: Record<string, Parameters<typeof startWebhook>[0]> = {
      hangs: () => {},
      'answers 500': (response) => response.writeHead(500).end(),
      'breaks off': (response) => response.socket?.destroy(),
    };
    for (const [what, answer] of Object.entries(broken)) {
      it(`${what} has settled everything before, and reports as ever`, async () => {
        const ids = await last(1);
        const others = await queued(services, 5);
        refused(ids);
        const atAlert: unknown[] = [];
        const webhook = await startWebhook((...args) => {
          atAlert.push([tweets.queue.size, tweets.queue.get(ids[0] ?? '')?.status]);
          answer(...args);
        });
        const settings = { timeoutMs: 100, pausesMs: [10, 10], maxIds: 10 };
        services.alert = createAlert(webhook.url, clock, services.log, settings);
        const report = await retryQueue(services);
        webhook.stop();
        assert.deepEqual([report.published, report.deadLetters, report.left], [others.length, 1, 0]);
        assert.deepEqual(atAlert, Array(3).fill([1, 'failed']));
        const events = lines.map(({ event }) => event);
        assert.deepEqual(events, ['dead_letter', 'retry_run', 'alert_not_sent']);
      });
    }
  });

  it('has time left for a webhook that never answers', () => {
    const { timeoutMs, pausesMs } = ALERT_SETTINGS;
    const alertMs = timeoutMs + pausesMs.reduce<number>((sum, pause) => sum + pause + timeoutMs, 0);
    const slowestBatchMs = PUBLISH_TIMEOUT_MS;
    assert.ok(RETRY_SETTINGS.budgetMs + slowestBatchMs + alertMs < RETRY_SCHEDULE.timeoutSeconds * 1000);
  });
});
