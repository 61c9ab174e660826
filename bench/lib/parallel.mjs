import { startInstance } from './instance.mjs';
import { load } from './load.mjs';
import { APPS } from './work.mjs';

const IN_FLIGHT = 80;
/** About what Node chooses by itself where it finds 256 MiB of memory. */
const AS_IN_256_MIB = ['--max-old-space-size=128', '--max-semi-space-size=1'];

/** The most memory that a fresh instance takes while it answers as many captures at once as the platform sends it. */
export async function parallel(requests, env, seconds, memoryLimit) {
  const rows = [];
  for (const prefer of ['respond-async', 'wait=1']) {
    const memory = memoryLimit ? { memoryLimit } : { nodeOptions: AS_IN_256_MIB };
    const app = { ...APPS.ours('capture'), ...memory };
    const instance = await startInstance(app, env);
    await instance.send(requests.preflight());
    let megabytes = 0;
    const watch = setInterval(() => {
      megabytes = Math.max(megabytes, Math.round(instance.residentMegabytes()));
    }, 250);
    const next = () => requests.capture(prefer);
    const { perSecond } = await load(instance.port, { inFlight: IN_FLIGHT, seconds, next });
    clearInterval(watch);
    rows.push({
      name: prefer,
      inFlight: IN_FLIGHT,
      mostMegabytes: megabytes,
      perSecond: Math.round(perSecond),
    });
    await instance.stop();
  }
  return rows;
}
