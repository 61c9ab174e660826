import { APPS } from './contestants.mjs';
import { startInstance } from './instance.mjs';
import { load } from './load.mjs';

const IN_FLIGHT = 80;
/** About the sizes that Node chooses in 256 MiB of memory. */
const AS_IN_256_MIB = ['--max-old-space-size=128', '--max-semi-space-size=1'];

/** The peak memory of a new instance while it serves captures at its concurrency. */
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
      maxMegabytes: megabytes,
      perSecond: Math.round(perSecond),
    });
    await instance.stop();
  }
  return rows;
}
