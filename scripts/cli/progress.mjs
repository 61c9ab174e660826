const INTERVAL_MS = 10_000;

/** Prints that a long step starts and, every 10 seconds, that it is still running. */
export async function progress(title, step) {
  const started = Date.now();
  console.log(`${title} ...`);
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const heartbeat = setInterval(() => console.log(`  still running, ${seconds()} s`), INTERVAL_MS);
  try {
    return await step();
  } finally {
    clearInterval(heartbeat);
  }
}
