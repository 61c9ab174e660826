// Loaded before every suite: mocha itself takes no notice of a rejection that nobody handles.

const seen = new WeakSet<Promise<unknown>>();

/** In production it ends the process with all its requests, so here it fails the test that is running. */
process.on('unhandledRejection', (reason, promise) => {
  // mocha hands each of them on a second time.
  if (seen.has(promise)) return;
  seen.add(promise);
  throw new Error('A rejection that nobody handles', { cause: reason });
});

export const mochaHooks = {
  /** What the last test left behind comes to light a turn later. */
  afterAll: () => new Promise((resolve) => setImmediate(resolve)),
};
