import assert from 'node:assert/strict';
import type { BlockPair } from '../../src/evaluate/blocks.ts';
import { confusionDifference } from '../../src/evaluate/confusionDifference.ts';
import { random } from '../../src/random.ts';
import type { Prediction } from '../../src/runs/types.ts';

const CLASSES = 3;
/** Clips whose class `taken` chooses. */
const rows = (clips: number, taken: (clip: number) => number, prefix: string): Prediction[] =>
  Array.from({ length: clips }, (_, i) => ({ id: `${prefix}${i}`, label: i % CLASSES, logits: Array.from({ length: CLASSES }, (_, c) => Number(c === taken(i))) }));

/** b takes class 1 for class 2 in half of the clips, a in a share of `share`. */
function simulate(seed: number, share: number): BlockPair[] {
  const rng = random(seed, 'simulation');
  const errs = (p: number) => (i: number): number => (i % CLASSES === 1 && rng.chance(p) ? 2 : i % CLASSES);
  return [1, 2, 3].map((fold) => ({ fold, seed: 1, a: rows(240, errs(share), `f${fold}-`), b: rows(240, errs(0.5), `f${fold}-`) }));
}

describe('confusionDifference', () => {
  it('is the row-normalised matrix of a minus that of b, pooled', () => {
    const pair = { fold: 1, seed: 1, a: rows(6, (i) => i % CLASSES, ''), b: rows(6, () => 0, '') };
    const cells = confusionDifference([pair, { ...pair, seed: 2, a: pair.b }], CLASSES, { seed: 1, resamples: 10 });
    assert.deepEqual(cells.map((row) => row.map((cell) => cell!.estimate)), [[0, 0, 0], [-0.5, 0.5, 0], [-0.5, 0, 0.5]]);
    assert.equal(cells[0]![1]!.pHolm, 1, 'a cell that never changes is no finding');
  });

  it('finds a change of 30 points, in its two cells and in no other', () => {
    const cells = confusionDifference(simulate(1, 0.2), CLASSES, { seed: 1 });
    const found = cells.map((row) => row.map((cell) => Number(cell!.pHolm < 0.05)));
    assert.deepEqual(found, [[0, 0, 0], [0, 1, 1], [0, 0, 0]]);
    const { low, high } = cells[1]![1]!;
    assert.ok(low > 0.1 && low < 0.3 && high > 0.3 && high < 0.5, `${low} to ${high}`);
  });

  it('finds nothing in more than a few of 40 experiments where nothing differs', () => {
    let found = 0;
    for (let e = 0; e < 40; e++) if (confusionDifference(simulate(e, 0.5), CLASSES, { seed: e, resamples: 200 }).flat().some((cell) => cell!.pHolm < 0.05)) found++;
    assert.ok(found <= 6, `${found} of 40`);
  });

  it('draws people, not clips, where they are known: wider intervals', () => {
    // one fold, where every block of 24 clips shares its luck
    const pairs = simulate(2, 0.3).slice(0, 1).map((pair) => ({ ...pair, a: pair.a.map((row, i) => ({ ...row, logits: pair.a[i - (i % 24) + 1]!.logits.map((v, c) => (row.label === 1 ? v : Number(c === row.label))) })) }));
    const width = (clusterOf?: (id: string) => string): number => { const cell = confusionDifference(pairs, CLASSES, { seed: 1, resamples: 800, ...clusterOf && { clusterOf } })[1]![2]!; return cell.high - cell.low; };
    assert.ok(width((id) => String(Math.floor(Number(id.split('-')[1]) / 24))) > 1.3 * width());
  });

  it('a class without clips has no cells; other clips are refused', () => {
    const few = rows(6, (i) => i % CLASSES, '').filter(({ label }) => label < 2);
    assert.deepEqual(confusionDifference([{ fold: 1, seed: 1, a: few, b: few }], CLASSES, { seed: 1, resamples: 5 })[2], [null, null, null]);
    assert.throws(() => confusionDifference([{ fold: 1, seed: 1, a: few, b: rows(6, () => 0, 'other') }], CLASSES, { seed: 1 }), /RangeError: confusionDifference: expected the same clips/);
    assert.throws(() => confusionDifference([], CLASSES, { seed: 1 }), /no pairs/);
  });
});
