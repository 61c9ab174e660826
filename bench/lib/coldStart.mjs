import { startInstance } from './instance.mjs';
import { evictPageCache } from './pageCache.mjs';
import { median, round, spread } from './statistics.mjs';

/**
 * Starts each contestant once a round, from the spawn of its process to its first answer. `first()` gives the request.
 * Answers each one's median as a ratio to the first contestant, its spread, the same of the CPU that
 * its process used, which a busy machine changes less, and its resident memory.
 */
export async function coldStarts(contestants, rounds, env, { evicted = false } = {}) {
  const samples = contestants.map(() => ({ times: [], cpu: [], megabytes: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, { app, first }] of contestants.entries()) {
      const request = await first();
      if (evicted && !evictPageCache()) return null;
      const instance = await startInstance(app, env);
      try {
        const { elapsedMs } = await instance.send(request);
        samples[index].times.push(elapsedMs);
        samples[index].cpu.push(instance.cpuMilliseconds());
        samples[index].megabytes.push(instance.residentMegabytes());
      } finally {
        await instance.stop();
      }
    }
  }
  const base = median(samples[0].times);
  const baseCpu = median(samples[0].cpu);
  return contestants.map(({ name, what, target }, index) => {
    const { times, cpu, megabytes } = samples[index];
    return {
      name,
      what,
      ratio: round(median(times) / base),
      cpuRatio: round(median(cpu) / baseCpu),
      spread: spread(times).map((time) => round(time / base)),
      milliseconds: Math.round(median(times)),
      megabytes: Math.round(median(megabytes)),
      ...(target && { target }),
    };
  });
}
