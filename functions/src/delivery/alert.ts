import type { Clock, Log } from '../core/runtime.ts';
import { withTimeout } from '../core/timeout.ts';
import type { Alert } from './ports.ts';

/** A webhook that never answers takes 17 s, which a run has left after its slowest batch. */
export const ALERT_SETTINGS: Settings = { timeoutMs: 5000, pausesMs: [1000, 1000], maxIds: 10 };

interface Settings {
  timeoutMs: number;
  /** Before each further try. */
  pausesMs: readonly number[];
  maxIds: number;
}

/** Returns an alert that posts to a webhook, in a form that Slack accepts. Without a URL it does nothing. */
export function createAlert(
  url: URL | null,
  clock: Clock,
  log: Log,
  { timeoutMs, pausesMs, maxIds }: Settings,
): Alert {
  if (!url) return async () => {};

  const post = async (body: string, signal: AbortSignal) => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(url, { method: 'POST', redirect: 'error', headers, body, signal });
    // The body is not needed, and may never end.
    response.body?.cancel().catch(() => {});
    if (!response.ok) throw new Error(`It answered ${response.status}`);
  };

  const attempt = async (body: string) => {
    const controller = new AbortController();
    await withTimeout(timeoutMs, post(body, controller.signal), () => {
      controller.abort();
      throw new Error(`It did not answer within ${timeoutMs} ms`);
    });
  };

  return async (ids) => {
    const body = JSON.stringify(messageOf(ids, maxIds));
    for (let tries = 0; ; tries += 1) {
      try {
        return await attempt(body);
      } catch (error) {
        const pauseMs = pausesMs[tries];
        if (pauseMs === undefined) {
          return log('ERROR', 'alert_not_sent', { reason: formatError(error), deadLetters: ids.length });
        }
        await clock.sleep(pauseMs);
      }
    }
  };
}

function messageOf(ids: string[], maxIds: number) {
  const shown = ids.slice(0, maxIds);
  const what = ids.length === 1 ? '1 tweet was' : `${ids.length} tweets were`;
  const more = ids.length > shown.length ? ` and ${ids.length - shown.length} more` : '';
  return {
    text: `Tweet Capture: ${what} given up after the last attempt to publish: ${shown.join(', ')}${more}.`,
    deadLetters: ids.length,
    ids: shown,
  };
}

/** The URL is a secret, so the error must not contain it. */
function formatError(error: unknown): string {
  const { message, cause } = error as Error;
  return (cause as { code?: string } | undefined)?.code ?? message;
}
