// mocha's usual output, with every skipped test's reason at the end, and the counts for bin/test/run.mjs to sum.
// A test says why it is skipped by `this.test.skipReason = '...'` before `this.skip()`, or in its title.
'use strict';

const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

class Counting extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on('pending', (test) => skipped.push(test));
    runner.once('end', () => {
      for (const test of skipped) console.log(`skipped: ${test.fullTitle()}${test.skipReason ? ` (${test.skipReason})` : ''}`);
      const { passes, failures, pending } = this.stats;
      if (process.env.WORKBOOK_COUNTS) writeFileSync(process.env.WORKBOOK_COUNTS, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}

module.exports = Counting;
