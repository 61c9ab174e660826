import { CliError } from '../cli/errors.mjs';
import { run } from '../process/run.mjs';

const CHECKS = [
  ['biome', ['check', '--error-on-warnings']],
  ['tsc', ['-p', 'functions/tsconfig.json']],
  ['tsc', ['-p', 'client/tsconfig.json']],
  ['tsc', ['-p', 'examples/consumer/tsconfig.json']],
];

/** Checks format, lint and types of all code. */
export async function checkCode() {
  for (const [program, args] of CHECKS) {
    const { code } = await run(program, args);
    if (code !== 0) throw new CliError(`${program} found the errors above. Fix them and run this again.`);
  }
}
