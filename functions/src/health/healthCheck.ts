import { z } from 'zod';
import type { Clock } from '../core/runtime.ts';
import { withTimeout } from '../core/timeout.ts';

export const HEALTH_SETTINGS = { timeoutMs: 2000, cacheTtlMs: 5000 };

const connection = z.enum(['connected', 'disconnected']);

export const healthReport = z
  .object({
    status: z.enum(['healthy', 'unhealthy']),
    timestamp: z.iso.datetime(),
    services: z.object({ firestore: connection, pubsub: connection }),
    version: z.string().meta({ examples: ['1.0.0'] }),
  })
  .meta({ id: 'Health' });

export type HealthReport = z.output<typeof healthReport>;

/** Makes a round trip to a dependency. Rejects if that fails. */
export type Probe = () => Promise<void>;

/** Checks both dependencies, at most once in `cacheTtlMs`. Each has `timeoutMs` to respond. */
export function createHealthCheck(
  probes: { firestore: Probe; pubsub: Probe },
  clock: Clock,
  version: string,
  { timeoutMs, cacheTtlMs }: typeof HEALTH_SETTINGS,
): () => Promise<HealthReport> {
  let kept: { until: number; report: Promise<HealthReport> } | null = null;

  const check = async (): Promise<HealthReport> => {
    const [firestore, pubsub] = await Promise.all([
      reach(probes.firestore, timeoutMs),
      reach(probes.pubsub, timeoutMs),
    ]);
    const status = firestore === 'connected' && pubsub === 'connected' ? 'healthy' : 'unhealthy';
    return { status, timestamp: clock.now().toISOString(), services: { firestore, pubsub }, version };
  };

  return () => {
    const now = clock.now().getTime();
    if (!kept || kept.until <= now) kept = { until: now + cacheTtlMs, report: check() };
    return kept.report;
  };
}

async function reach(probe: Probe, timeoutMs: number): Promise<'connected' | 'disconnected'> {
  const answered = probe().then(
    () => 'connected' as const,
    () => 'disconnected' as const,
  );
  return await withTimeout(timeoutMs, answered, () => 'disconnected' as const);
}
