import autocannon from 'autocannon';
import { quantile, round } from './statistics.mjs';

/** Keeps a number of requests in flight for a time. Returns their latencies in milliseconds and the requests per second. */
export async function load(port, { inFlight, seconds, next }) {
  const latencies = [];
  let failed;
  const startedAt = performance.now();
  const run = autocannon({
    url: `http://127.0.0.1:${port}/`,
    connections: inFlight,
    duration: seconds,
    requests: [{ setupRequest: (request) => ({ ...request, method: 'POST', ...next() }) }],
  });
  run.on('response', (_client, status, _bytes, milliseconds) => {
    if (status >= 300) failed ??= `answered ${status}`;
    latencies.push(milliseconds);
  });
  run.on('reqError', (error) => {
    failed ??= error.message;
  });
  await run;
  if (failed) throw new Error(`Under load, port ${port} ${failed}`);
  return { latencies, perSecond: latencies.length / ((performance.now() - startedAt) / 1000) };
}

export const latencyTable = (latencies) => ({
  p50: round(quantile(latencies, 0.5), 1),
  p95: round(quantile(latencies, 0.95), 1),
  p99: round(quantile(latencies, 0.99), 1),
});
