import { startInstance } from './instance.mjs';
import { load } from './load.mjs';
import { APPS } from './work.mjs';

const IN_FLIGHT = 80;

/** The most memory that a fresh instance takes while it answers as many captures at once as the platform sends it. */
export async function parallel(requests, env) {
  const instance = await startInstance(APPS.ours('capture'), env);
  await instance.send(requests.preflight());
  const next = () => requests.capture('wait=1');
  const { perSecond } = await load(instance.port, { inFlight: IN_FLIGHT, seconds: 15, next });
  const megabytes = Math.round(instance.residentMegabytes());
  await instance.stop();
  return { inFlight: IN_FLIGHT, megabytes, perSecond: Math.round(perSecond) };
}
