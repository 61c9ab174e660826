import type { Clock } from '../ports.ts';

export interface HealthReport {
  status: 'healthy' | 'unhealthy';
  timestamp: string;
  services: { firestore: 'connected' | 'disconnected'; pubsub: 'connected' | 'disconnected' };
  version: string;
}

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
      connection(probes.firestore, clock, deadlineMs),
      connection(probes.pubsub, clock, deadlineMs),
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

async function connection(
  probe: Probe,
  clock: Clock,
  deadlineMs: number,
): Promise<'connected' | 'disconnected'> {
  const answered = probe().then(
    () => 'connected' as const,
    () => 'disconnected' as const,
  );
  return await Promise.race([answered, clock.sleep(deadlineMs).then(() => 'disconnected' as const)]);
}
