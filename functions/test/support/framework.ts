import { fork } from 'node:child_process';
import { once } from 'node:events';
import { TEST_SECRET } from './memory/services.ts';
import { observe } from './programs.ts';

/** Starts the framework's own server with one of our functions, in a process of its own. */
export async function serveByFramework(name: string, environment: Record<string, string> = {}) {
  const program = new URL('./frameworkServer.ts', import.meta.url);
  const child = fork(program, {
    silent: true,
    env: {
      ...process.env,
      FUNCTION_TARGET: name,
      GCLOUD_PROJECT: 'demo-framework',
      JWT_SECRET_KEY: TEST_SECRET,
      // What the emulator switches on: it would let every origin in where a function leaves CORS to it.
      FIREBASE_DEBUG_MODE: 'true',
      FIREBASE_DEBUG_FEATURES: '{"enableCors":true}',
      ...environment,
    },
  });
  const { output } = observe(child);
  const ended = once(child, 'exit');
  const listening = await Promise.race([once(child, 'message'), ended.then(() => null)]);
  return {
    child,
    /** 0 where the process ended instead of listening. */
    port: (listening?.[0] as { port: number } | undefined)?.port ?? 0,
    output,
    /** The JSON lines that the function has logged. */
    logged: () =>
      output()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async stop() {
      child.kill();
      await ended;
    },
  };
}
