import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveParameters } from '../../src/data/synthetic/index.ts';
import type { InstrumentReport } from '../../src/experiments/instrument.ts';
import { instrumentFigures, readInstrument } from '../../src/experiments/instrumentFigures.ts';

const around = (estimate: number) => ({ estimate, low: estimate - 0.02, high: estimate + 0.02 });
const line = { correlation: 0.9, bins: [{ peak: 0.2, clips: 5, recall: 0.4 }, { peak: 0.8, clips: 5, recall: 0.8 }] };
const report: InstrumentReport = {
  clips: 2016, preset: 'small', seed: 2, generatorVersion: 1, parameters: resolveParameters({ layout: 'dfew', seed: 2, size: 112 }), digest: 'd', fingerprint: 'f', labelNames: ['happiness', 'fear'],
  uar: { 'ordered': around(0.6), 'shuffled': around(0.5), 'middle': around(0.4), 'mean pixels': around(0.25) },
  lead: { shuffled: { ...around(0.1), p: 0.01 }, middle: { ...around(0.2), p: 0.01 } }, transitions: { clips: 3, recall: 0.5, recallOnOthers: 0.6 },
  trend: { overall: line, perClass: { fear: line } }, oracle: [], requirements: [],
};

describe('instrumentFigures', () => {
  it('names preset, seed, clips and generator of what it shows', () => {
    const figures = instrumentFigures(report);
    assert.deepEqual([...figures.keys()], ['instrument-seen', 'instrument-intensity']);
    for (const { layout } of figures.values()) assert.match(JSON.stringify(layout['title']).replaceAll('<br>', ' ').replaceAll(/<[^>]*>/g, ' '), /baseline, preset small, seed 2, 2,016 test clips of the synthetic +benchmark \(generator 1\)/);
    assert.deepEqual(figures.get('instrument-seen')!.data[0]!['x'], [60, 50, 40, 25]);
  });
});

describe('readInstrument', () => {
  let dir = '';
  before(async () => { dir = await mkdtemp(join(tmpdir(), 'instrument-')); });
  after(() => rm(dir, { recursive: true }));

  it('reads a report back, and refuses what is none', async () => {
    const [good, bad] = [join(dir, 'instrument.json'), join(dir, 'other.json')];
    await writeFile(good, JSON.stringify(report));
    await writeFile(bad, '{"uar": 1}');
    assert.deepEqual(await readInstrument(good), report);
    await assert.rejects(readInstrument(bad), /UserError: .*other\.json: expected the report of "ial instrument", found something else/);
    await assert.rejects(readInstrument(join(dir, 'none.json')), /UserError: .*none\.json: .*found no such file/);
  });
});
