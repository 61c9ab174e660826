// Loaded into the functions emulator's workers. Each leaves behind what it ran of the built functions, in the form
// that c8 reads; NODE_V8_COVERAGE would not do, since the emulator ends its workers by a signal.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { WORKER_COVERAGE: folder } = process.env;
if (folder && process.argv[1]?.endsWith('functionsEmulatorRuntime')) record(folder);

function record(folder: string) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

  // The worker runs a copy of the build; c8 finds the sources next to the original.
  const copy = pathToFileURL(join(process.cwd(), 'lib/')).href;
  const original = new URL('../../lib/', import.meta.url).href;

  process.on('SIGTERM', () => process.exit());
  process.on('exit', () => {
    session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
      const ours = result
        .filter(({ url }) => url.startsWith(copy) && !url.startsWith(`${copy}google/`))
        .map((script) => ({ ...script, url: script.url.replace(copy, original) }));
      writeFileSync(join(folder, `coverage-worker-${process.pid}.json`), JSON.stringify({ result: ours }));
    });
  });
}
