import { startInstance } from './instance.mjs';
import { APPS } from './work.mjs';

const BATCH = 100;

/** How many tweets a second come in by batches of the largest size, one batch after the other. */
export async function importing(requests, env, batches) {
  const instance = await startInstance(APPS.ours('captureBatch'), env);
  const send = () => {
    const tweets = Array.from({ length: BATCH }, requests.nextTweet);
    return instance.send({ ...requests.capture(), body: JSON.stringify({ source: 'archive', tweets }) });
  };
  await send();
  const startedAt = performance.now();
  for (let count = 0; count < batches; count++) await send();
  const perSecond = Math.round((batches * BATCH) / ((performance.now() - startedAt) / 1000));
  await instance.stop();
  return [{ batches, tweetsPerBatch: BATCH, perSecond }];
}
