import type { AnyEndpoint } from '../http/endpoint.ts';
import type { HttpsFunctionDefinition } from '../platform/functions/https.ts';
import * as endpoints from './endpoints.ts';
import type { Services } from './services.ts';

type Definition = HttpsFunctionDefinition<Services>;

/** Any endpoint of this application. */
export type ServedEndpoint = AnyEndpoint<Services>;

const SMALL = { memory: '256MiB', concurrency: 80, timeoutSeconds: 30 } as const;

const alone = (endpoint: ServedEndpoint): Definition => ({
  ...SMALL,
  endpoints: [endpoint],
});

/** No endpoint takes more than half of the slots of an instance, so that it cannot shut out the others. */
function together(served: ServedEndpoint[], settings: Omit<Definition, 'endpoints'> = SMALL): Definition {
  const maxInFlight = Math.floor(settings.concurrency / 2);
  return { ...settings, endpoints: served.map((endpoint) => ({ maxInFlight, ...endpoint })) };
}

/**
 * The deployed HTTPS functions by name (docs/adr/0041). Every endpoint is served by exactly one of them. Those that a
 * capture depends on are functions of their own; the others share an instance.
 */
export const FUNCTIONS = {
  register: alone(endpoints.register),
  login: alone(endpoints.login),
  refresh: alone(endpoints.refresh),
  capture: alone(endpoints.capture),
  health: alone(endpoints.health),
  account: together([
    endpoints.logout,
    endpoints.changePassword,
    endpoints.getAccount,
    endpoints.endSession,
    endpoints.deleteAccount,
  ]),
  tweets: together([endpoints.listTweets, endpoints.getTweet, endpoints.deleteTweet, endpoints.getQueue]),
  admin: together([
    endpoints.getStatus,
    endpoints.getAdminQueue,
    endpoints.retryQueueNow,
    endpoints.purgeQueue,
    endpoints.republish,
  ]),
  // A batch takes up to 6.4 MB, an export up to 15 minutes.
  bulk: together([endpoints.captureBatch, endpoints.exportTweets, endpoints.exportAccount], {
    memory: '512MiB',
    concurrency: 20,
    timeoutSeconds: 900,
  }),
} satisfies Record<string, Definition>;
