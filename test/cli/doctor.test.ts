// ial doctor as its user types it: exit codes, JSON, the text of a report.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, rm, utimes, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { doctorText } from '../../src/cli/doctorView.ts';
import type { DoctorReport } from '../../src/data/doctor/doctor.ts';
import { jpeg, removeTemporaryFolders, temporaryFolder, writeTree } from '../data/folders.ts';
import { inProcess, outcome, start } from './process.ts';

const ESCAPE = '\u001B';

/** A list of one's own with two clips a split. */
async function soundSet(): Promise<string> {
  const root = await temporaryFolder();
  for (const [i, id] of ['a', 'b', 'c', 'd'].entries()) await writeTree(root, Object.fromEntries(await Promise.all(Array.from({ length: 16 }, async (_, n) => [`${id}/${n + 1}.jpg`, await jpeg(56, 56, 20 * i + n)] as const))));
  await writeTree(root, { 'clips.csv': 'path,label,split\na,sad,train\nb,fear,train\nc,sad,test\nd,fear,test\n' });
  return root;
}

describe('ial doctor', function () {
  this.timeout(120_000);
  afterEach(removeTemporaryFolders);

  it('exits with 0 on a sound folder and says so', async () => {
    const root = await soundSet(), { code, stdout, stderr } = await inProcess(['doctor', root]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^\/.*\nlayout {4}csv: a list of one's own: clips\.csv .*\nclips {5}4 listed, 64 frames \(16 a clip\); \d+ MB decoded in /);
    assert.match(stdout, /fold 1 train │ {2}.*1 │/);
    assert.match(stdout, /\nNothing is wrong with this folder\.\n$/);
    assert.match(stderr, /frames: 4\/4 clips/);
  });

  it('exits with 1 on warnings and on errors; says each with what training does and what to do', async () => {
    const root = await soundSet();
    await writeFile(join(root, 'a/3.jpg'), '');
    await rm(join(root, 'd/5.jpg'));
    const { code, stdout } = await inProcess(['doctor', root]);
    assert.equal(code, 1);
    assert.match(stdout, /ERROR {4}frames that cannot be read \[broken-frame\]\n {11}a\/3\.jpg: an empty file\n {9}training stops when it comes to one; .*\n {9}do: restore the files/);
    assert.match(stdout, /WARNING {2}clips whose frame numbers have gaps \[missing-frames\]\n {11}d \(1 of 16\)\n/);
    assert.ok(stdout.indexOf('ERROR') < stdout.indexOf('WARNING') && stdout.indexOf('WARNING') < stdout.indexOf('NOTE'), 'errors first');
    assert.match(stdout, /\nTraining stops on this folder: 1 kind of error, 1 kind of warning\.\n$/);
    const fast = await inProcess(['doctor', root, '--fast']);
    assert.equal(fast.code, 1);
    assert.match(fast.stdout, /names only, no image was opened[^]*Training runs on this folder, with 1 kind of warning\.\n$/);
  });

  it('--json is one document with everything in it', async () => {
    const root = await soundSet(), { code, stdout } = await inProcess(['doctor', join(root, 'clips.csv'), '--json', '--workers', '1']);
    assert.equal(code, 0);
    const report = JSON.parse(stdout) as DoctorReport;
    assert.deepEqual(Object.keys(report).toSorted(), ['bytes', 'clips', 'findings', 'folds', 'frames', 'isSynthetic', 'labelNames', 'layout', 'lengths', 'mode', 'root', 'seconds', 'why']);
    assert.deepEqual([report.layout, report.labelNames, report.folds.length], ['csv', ['sadness', 'fear'], 1]);
  });

  it('a folder without lists is an error found, one that is not there a mistake in one line', async () => {
    const root = await temporaryFolder(), found = await inProcess(['doctor', root, '--dataset', 'ferv39k']);
    assert.equal(found.code, 1);
    assert.match(found.stdout, /layout {4}unknown: .*\n[^]*ERROR {4}no lists of ferv39k \[no-lists\]\n {11}the folder is empty\n/);
    const missing = await outcome(start('../../bin/ial.mjs', ['doctor', join(root, 'none')]));
    assert.deepEqual([missing.code, missing.stdout], [1, '']);
    assert.match(missing.stderr, /^ial: .*none: expected the folder of a dataset, found nothing; .*\n$/);
  });

  it('ends on Ctrl-C though a clip takes for ever', async function () {
    if (process.platform === 'win32') this.skip();
    const root = await temporaryFolder(), videos = ['a.mkv', 'b.mkv'], path = process.env['PATH'];
    await writeTree(root, { 'clips.csv': 'a.mkv,sad,train\nb.mkv,fear,test\n', 'video-frames.csv': `path,bytes,modified,frames\n${videos.map((name) => `${name},1,1000000000,16`).join('\n')}\n`, 'bin/ffmpeg': `#!/bin/sh\n: > '${root}/started'\nexec sleep 100\n`, 'a.mkv': 'x', 'b.mkv': 'x' });
    for (const name of videos) await utimes(join(root, name), 1, 1);
    await chmod(join(root, 'bin/ffmpeg'), 0o755);
    process.env['PATH'] = `${join(root, 'bin')}${delimiter}${path}`;
    const child = start('../../bin/ial.mjs', ['doctor', root]), ended = outcome(child);
    process.env['PATH'] = path;
    while (!existsSync(join(root, 'started'))) await setTimeout(50);
    const asked = performance.now();
    child.kill('SIGINT');
    assert.equal((await ended).code, 130);
    assert.ok(performance.now() - asked < 20_000);
  });

  it('says once what holds for all folds, and what is published below what is there', () => {
    const counts = [1, 2], fold = (n: number) => ({ fold: n, sources: [`lists: x/set_${n}.csv (official)`, 'frames: Clip'], train: counts, test: counts, known: { train: counts, test: [3, 4] } });
    const report: DoctorReport = { root: '/data', layout: 'dfew', why: 'because', isSynthetic: false, mode: 'full', labelNames: ['a', 'b'], folds: [fold(1), fold(2)], clips: 6, frames: 60, bytes: 2e6, lengths: { min: 3, median: 9, max: 20 }, seconds: 3, findings: [] };
    const text = doctorText(report);
    assert.match(text, /\nlists: x\/set_\*\.csv \(official\)\nframes: Clip\n/);
    assert.match(text, /fold 1 train │ 1 │ 2 │ {3}3 │\n│ fold 1 test {2}│ 1 │ 2 │ {3}3 │\n│ {3}published {2}│ 3 │ 4 │ {3}7 │/);
    assert.ok(!text.includes(ESCAPE));
    const coloured = doctorText({ ...report, findings: [{ id: 'x', severity: 'error', what: 'things', count: 7, examples: ['1', '2', '3', '4', '5', '6', '7'], training: 'stops', advice: '' }] }, { isColoured: true });
    assert.ok(coloured.includes(`${ESCAPE}[1;31mERROR   ${ESCAPE}[0m 7 things`));
    assert.match(coloured, /7 things \[x\]\n {11}1\n[^]* {11}5\n {11}and 2 more\n {9}training stops\n/);
  });
});
