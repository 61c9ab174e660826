const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Resolves with a signal when this process has to stop: it received one, or its parent has ended under npm. An npm that is
 * killed passes no signal on.
 */
export function untilStopped() {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.on(signal, resolve);
    const parent = process.ppid;
    if (!process.env.npm_lifecycle_event) return;
    setInterval(() => process.ppid !== parent && resolve('SIGTERM'), 500).unref();
  });
}
