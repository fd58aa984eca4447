// What the user is told when something is wrong: one line, of the one kind of error that is theirs to mend.
import assert from 'node:assert/strict';
import { UserError } from '../src/errors.ts';

/** For assert.throws and assert.rejects. */
export const inOneLine = (expected: RegExp) => (error: unknown): true => {
  assert.ok(error instanceof UserError, String((error as Error).stack));
  assert.ok(!error.message.includes('\n'), `one line: ${error.message}`);
  assert.match(error.message, expected);
  return true;
};
