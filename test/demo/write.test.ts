// What a demo refuses before anything is written. That it works is shown in a browser (test/slow/demo.test.ts).
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../src/errors.ts';
import { writeDemo } from '../../src/demo/write.ts';
import { createRun } from '../../src/runs/run.ts';
import { RECORD } from '../runs/record.ts';
import { temporaryFolder } from '../runs/support.ts';

describe('demo/write', () => {
  const dir = temporaryFolder();
  const refused = (run: string, out: string, expected: RegExp): Promise<void> =>
    assert.rejects(writeDemo({ run, out }), (error: unknown) => error instanceof UserError && expected.test(error.message));

  it('a folder that holds anything else than a demo stays as it is', async () => {
    const out = join(dir(), 'home');
    await mkdir(out);
    await writeFile(join(out, 'thesis.tex'), 'years of work');
    await refused(join(dir(), 'run'), out, /home: expected a folder that is new, empty or an earlier demo, found 1 other files; choose another --out/);
    await refused(join(dir(), 'run'), join(out, 'thesis.tex'), /thesis\.tex: cannot write: expected a folder, found a file/);
    assert.deepEqual(await readdir(out), ['thesis.tex']);
  });

  it('no run, and a run without weights, are told apart; nothing is left', async () => {
    const out = join(dir(), 'demo');
    await refused(join(dir(), 'none'), out, /none: no such run folder/);
    await (await createRun(join(dir(), 'archived'), RECORD)).close();
    await refused(join(dir(), 'archived'), out, /archived: has no weights \(figures\/runs holds runs without them\); train it/);
    assert.equal(existsSync(out), false);
  });
});
