import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Mocha's spec reporter, which also leaves the counts in the file that the reporter option `counts` names. */
export default class Reporter extends Mocha.reporters.Spec {
  override done(failed: number, exit: (failed: number) => void) {
    const { counts } = this.options.reporterOptions;
    writeFileSync(counts, JSON.stringify({ passed: this.stats.passes, failed }));
    exit(failed);
  }
}
