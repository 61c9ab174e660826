import { Failure } from './command.mjs';
import { run } from './run.mjs';

/** Format, lint and types of everything there is. */
export async function checkCode() {
  const checks = [
    ['biome', ['check', '--error-on-warnings']],
    ['tsc', ['-p', 'functions/tsconfig.json']],
    ['tsc', ['-p', 'client/tsconfig.json']],
    ['tsc', ['-p', 'examples/consumer/tsconfig.json']],
  ];
  for (const [program, args] of checks) {
    const { code } = await run(program, args);
    if (code !== 0) throw new Failure(`${program} found what is above. Mend it and run this again.`);
  }
}
