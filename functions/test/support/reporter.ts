import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Mocha's spec reporter, which also leaves the counts in the file that the reporter option `counts` names. */
export default class Reporter extends Mocha.reporters.Spec {
  readonly #counts: string;

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    this.#counts = options.reporterOptions.counts;
  }

  override done(failed: number, exit: (failed: number) => void) {
    const { passes: passed, pending: skipped } = this.stats;
    writeFileSync(this.#counts, JSON.stringify({ passed, failed, skipped }));
    exit(failed);
  }
}
