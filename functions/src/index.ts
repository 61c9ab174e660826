import { FUNCTIONS } from './app/functions.ts';
import { type Services, services } from './app/services.ts';
import { RETRY_SCHEDULE } from './delivery/policy.ts';
import { publishTweet as publish } from './delivery/publishTweet.ts';
import { retryQueue as retry } from './delivery/retryQueue.ts';
import { alertSecret } from './platform/functions/deployment.ts';
import { https } from './platform/functions/https.ts';
import { onTweetCreated, scheduledFunction } from './platform/functions/triggers.ts';
import { ERASURE_SCHEDULE, eraseAccounts as erase } from './privacy/eraseAccounts.ts';

// Each export is one deployed function.
export const register = https('register', FUNCTIONS.register, services);
export const login = https('login', FUNCTIONS.login, services);
export const refresh = https('refresh', FUNCTIONS.refresh, services);
export const capture = https('capture', FUNCTIONS.capture, services);
export const health = https('health', FUNCTIONS.health, services);
export const account = https('account', FUNCTIONS.account, services);
export const tweets = https('tweets', FUNCTIONS.tweets, services);
export const admin = https('admin', FUNCTIONS.admin, services);
export const bulk = https('bulk', FUNCTIONS.bulk, services);

export const publishTweet = onTweetCreated('publishTweet', publish, services);
export const retryQueue = scheduledFunction(
  'retryQueue',
  { ...RETRY_SCHEDULE, secrets: [alertSecret] },
  (built: Services) => retry(built),
  services,
);
export const eraseAccounts = scheduledFunction('eraseAccounts', ERASURE_SCHEDULE, erase, services);
