import { startInstance } from './instance.mjs';
import { median, round, spread } from './statistics.mjs';

/**
 * Starts each contestant once a round, and measures from the spawn of its process to the response to `first()`. Returns
 * the median of each as a ratio to the first contestant, its spread, the ratio of CPU time, which a busy machine changes
 * less, and the resident memory.
 */
export async function coldStarts(contestants, rounds, env) {
  const samples = contestants.map(() => ({ times: [], cpu: [], megabytes: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, { app, first }] of contestants.entries()) {
      const request = await first();
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
