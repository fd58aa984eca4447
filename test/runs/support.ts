// A temporary folder for tests that write files.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh folder before each test of the suite, removed after it. */
export function temporaryFolder(): () => string {
  let dir = '';
  beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'ial-test-')); });
  afterEach(() => { rmSync(dir, { recursive: true, force: true }); });
  return () => dir;
}
