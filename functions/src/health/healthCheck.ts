import { z } from 'zod';
import { within } from '../deadline.ts';
import type { Clock } from '../ports.ts';

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

/** A round trip to a dependency; rejects where there is none. */
export type Probe = () => Promise<void>;

interface Limits {
  deadlineMs: number;
  keptMs: number;
}

/** Asks both dependencies, at most once in `keptMs` however many ask; each has `deadlineMs` to answer. */
export function createHealthCheck(
  probes: { firestore: Probe; pubsub: Probe },
  clock: Clock,
  version: string,
  { deadlineMs, keptMs }: Limits,
): () => Promise<HealthReport> {
  let kept: { until: number; report: Promise<HealthReport> } | null = null;

  const check = async (): Promise<HealthReport> => {
    const [firestore, pubsub] = await Promise.all([
      reach(probes.firestore, deadlineMs),
      reach(probes.pubsub, deadlineMs),
    ]);
    const status = firestore === 'connected' && pubsub === 'connected' ? 'healthy' : 'unhealthy';
    return { status, timestamp: clock.now().toISOString(), services: { firestore, pubsub }, version };
  };

  return () => {
    const now = clock.now().getTime();
    if (!kept || kept.until <= now) kept = { until: now + keptMs, report: check() };
    return kept.report;
  };
}

async function reach(probe: Probe, deadlineMs: number): Promise<'connected' | 'disconnected'> {
  const answered = probe().then(
    () => 'connected' as const,
    () => 'disconnected' as const,
  );
  return await within(deadlineMs, answered, () => 'disconnected' as const);
}
