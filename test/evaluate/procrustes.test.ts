import assert from 'node:assert/strict';
import { align, alignAll } from '../../src/evaluate/procrustes.ts';
import { random } from '../../src/random.ts';

const rng = random(1, 'procrustes');
const IDS = Array.from({ length: 30 }, (_, i) => `clip ${i}`);
const POSITIONS = Float32Array.from({ length: 60 }, () => rng.normal());

/** Turned by an angle, reflected or not, twice as large and moved. */
function moved(angle: number, isReflected: boolean): Float32Array {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return POSITIONS.map((_, i) => {
    const x = POSITIONS[i - (i % 2)]!, y = (isReflected ? -1 : 1) * POSITIONS[i - (i % 2) + 1]!;
    return i % 2 === 0 ? 5 + 2 * (c * x - s * y) : -3 + 2 * (s * x + c * y);
  });
}

describe('align', () => {
  for (const [angle, isReflected] of [[0, false], [2, false], [-0.7, true], [Math.PI, true]] as const) {
    it(`brings a map turned by ${angle.toFixed(1)}${isReflected ? ' and reflected' : ''} back to where it was`, () => {
      const { positions, disparity, shared } = align({ ids: IDS, positions: moved(angle, isReflected) }, { ids: IDS, positions: POSITIONS });
      positions.forEach((value, i) => { assert.ok(Math.abs(value - POSITIONS[i]!) < 1e-5, `${i}: ${value}, ${POSITIONS[i]}`); });
      assert.ok(disparity < 1e-6);
      assert.equal(shared, 30);
    });
  }

  it('goes by the clips that both maps have, in any order, and moves the others along', () => {
    const order = [...IDS.keys()].reverse();
    const map = { ids: order.map((i) => (i < 10 ? `other ${i}` : IDS[i]!)), positions: Float32Array.from(order.flatMap((i) => [...moved(1, true).subarray(2 * i, 2 * i + 2)])) };
    const { positions, shared } = align(map, { ids: IDS, positions: POSITIONS });
    assert.equal(shared, 20);
    order.forEach((i, row) => { assert.ok(Math.abs(positions[2 * row]! - POSITIONS[2 * i]!) < 1e-5); });
  });

  it('says how little two unrelated maps have in common', () => {
    const other = Float32Array.from({ length: 60 }, () => rng.normal());
    assert.ok(align({ ids: IDS, positions: other }, { ids: IDS, positions: POSITIONS }).disparity > 0.8);
  });

  it('refuses maps that share too few clips or lie in one place', () => {
    assert.throws(() => align({ ids: ['a', 'b'], positions: new Float32Array(4) }, { ids: IDS, positions: POSITIONS }), /RangeError: align: expected at least 3 clips in both maps, found 0/);
    assert.throws(() => align({ ids: IDS, positions: new Float32Array(60) }, { ids: IDS, positions: POSITIONS }), /RangeError: align: expected clips in more than one place/);
  });

  it('aligns a series one after the other; the first stays', () => {
    const series = alignAll([0, 1, 2].map((angle) => ({ ids: IDS, positions: moved(angle, angle === 2) })));
    assert.deepEqual(series[0]!.positions, moved(0, false));
    for (const { positions } of series) positions.forEach((value, i) => { assert.ok(Math.abs(value - series[0]!.positions[i]!) < 1e-4); });
  });
});
