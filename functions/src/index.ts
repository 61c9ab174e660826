import { eraseAccounts as erase } from './accounts/eraseAccounts.ts';
import { TUNING } from './config.ts';
import * as endpoints from './endpoints.ts';
import { alertSecret, signingSecrets } from './firebase/deployment.ts';
import { https } from './firebase/https.ts';
import { scheduled, whenTweetCreated } from './firebase/triggers.ts';
import { publishTweet as publish } from './tweets/publishTweet.ts';
import { retryQueue as retry } from './tweets/retryQueue.ts';

// One export is one deployed function.
export const register = https(endpoints.register, { secrets: signingSecrets });
export const login = https(endpoints.login, { secrets: signingSecrets });
export const changePassword = https(endpoints.changePassword, { secrets: signingSecrets });
export const refresh = https(endpoints.refresh, { secrets: signingSecrets });
export const logout = https(endpoints.logout, { secrets: signingSecrets });
export const deleteAccount = https(endpoints.deleteAccount, { secrets: signingSecrets });
export const getAccount = https(endpoints.getAccount, { secrets: signingSecrets });
export const exportAccount = https(endpoints.exportAccount, {
  secrets: signingSecrets,
  timeoutSeconds: 300,
  concurrency: 4,
});
export const endSession = https(endpoints.endSession, { secrets: signingSecrets });
export const capture = https(endpoints.capture, { secrets: signingSecrets });
export const exportTweets = https(endpoints.exportTweets, {
  secrets: signingSecrets,
  timeoutSeconds: 900,
  concurrency: 4,
});
// One batch is parsed and stored at a time; the others wait with up to 6.4 MB each, or for their bodies.
export const captureBatch = https(endpoints.captureBatch, {
  secrets: signingSecrets,
  concurrency: 10,
  memory: '512MiB',
});
export const listTweets = https(endpoints.listTweets, { secrets: signingSecrets });
export const tweet = https([endpoints.getTweet, endpoints.deleteTweet], { secrets: signingSecrets });
export const getQueue = https(endpoints.getQueue, { secrets: signingSecrets });
export const getStatus = https(endpoints.getStatus, { secrets: signingSecrets });
export const getAdminQueue = https(endpoints.getAdminQueue, { secrets: signingSecrets });
export const retryQueueNow = https(endpoints.retryQueueNow, { secrets: signingSecrets });
export const purgeQueue = https(endpoints.purgeQueue, { secrets: signingSecrets });
export const republish = https(endpoints.republish, { secrets: signingSecrets });
export const health = https(endpoints.health);

export const publishTweet = whenTweetCreated('publishTweet', publish);
export const retryQueue = scheduled('retryQueue', { ...TUNING.retryRun, secrets: [alertSecret] }, retry);
export const eraseAccounts = scheduled('eraseAccounts', TUNING.erasureRun, erase);
