const EVERY_MS = 10_000;

/** Says that a long step begins and, while it lasts, that it is still under way. */
export async function progress(what, step) {
  const started = Date.now();
  console.log(`${what} ...`);
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const heartbeat = setInterval(() => console.log(`  still at it, ${seconds()} s`), EVERY_MS);
  try {
    return await step();
  } finally {
    clearInterval(heartbeat);
  }
}
