/** Resolves when this command is to end: by Ctrl-C or a signal, or because the npm that runs it has gone. */
export function untilSignal() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
    const parent = process.ppid;
    if (!process.env.npm_lifecycle_event) return;
    setInterval(() => process.ppid !== parent && resolve(), 500).unref();
  });
}
