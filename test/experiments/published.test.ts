import assert from 'node:assert/strict';
import { auditRow, COST, DFEW_FOLDS, LEAK, PAPER, PREDECESSOR, statusOf, TEST_COUNTS } from '../../src/experiments/published.ts';
import { LATER } from '../../src/experiments/publishedLater.ts';
import { DFEW_COMPARISON, FERV39K_COMPARISON } from '../../src/experiments/publishedRows.ts';

const find = (rows: typeof DFEW_COMPARISON, method: string): (typeof DFEW_COMPARISON)[number] => rows.find((row) => row.method === method)!;
const round = (value: number | null): string => value!.toFixed(2);

describe('published numbers', () => {
  it('the paper\'s DFEW row agrees with itself: 55.71 and 69.24 (69.245) from its recalls and 11,697 clips', () => {
    const audit = auditRow(PAPER.dfew, TEST_COUNTS.dfew);
    assert.equal(audit.status, 'agrees');
    assert.equal(round(audit.uar), '55.71');
    assert.ok(Math.abs(audit.war! - 69.245) < 0.001);
  });

  it('M3DFEL\'s row is flagged: 56.10 / 69.25 are printed, 55.92 / 69.02 follow from its recalls', () => {
    const audit = auditRow(find(DFEW_COMPARISON, 'M3DFEL'), TEST_COUNTS.dfew);
    assert.deepEqual([audit.status, round(audit.uar), round(audit.war)], ['differs', '55.92', '69.02']);
  });

  it('Former-DFER agrees, NR-DFERNet nearly', () => {
    assert.equal(auditRow(find(DFEW_COMPARISON, 'Former-DFER'), TEST_COUNTS.dfew).status, 'agrees');
    const nearly = auditRow(PREDECESSOR.dfew, TEST_COUNTS.dfew);
    assert.deepEqual([nearly.status, round(nearly.uar), round(nearly.war)], ['close', '54.21', '68.16']);
  });

  it('of DFEW\'s 20 rows three do not agree with themselves; of FERV39k\'s 17 one', () => {
    const withStatus = (rows: typeof DFEW_COMPARISON, counts: readonly number[], status: string): string[] =>
      rows.filter((row) => auditRow(row, counts).status === status).map(({ method }) => method);
    assert.equal(DFEW_COMPARISON.length, 20);
    assert.deepEqual(withStatus(DFEW_COMPARISON, TEST_COUNTS.dfew, 'differs'), ['ResNet18+GRU', 'CEFLNet', 'M3DFEL']);
    assert.deepEqual(withStatus(DFEW_COMPARISON, TEST_COUNTS.dfew, 'close'), ['NR-DFERNet']);
    assert.deepEqual(withStatus(DFEW_COMPARISON, TEST_COUNTS.dfew, 'unknown'), ['DPCNet']);
    assert.equal(FERV39K_COMPARISON.length, 17);
    assert.deepEqual(withStatus(FERV39K_COMPARISON, TEST_COUNTS.ferv39k, 'differs'), ['Former-DFER (own README)']);
    assert.deepEqual(withStatus(FERV39K_COMPARISON, TEST_COUNTS.ferv39k, 'unknown'), ['I3D', 'LOGO-Former', 'GCA+IAL', 'M3DFEL']);
  });

  it('a row without recalls cannot be judged, and a wrong number of classes is refused', () => {
    assert.deepEqual(auditRow(PAPER.ferv39k, TEST_COUNTS.ferv39k), { status: 'unknown', uar: null, war: null });
    assert.throws(() => auditRow(PAPER.dfew, [1, 2]), /RangeError: auditRow: GCA\+IAL has 7 recalls, there are 2 classes/);
  });

  it('recalls printed in whole numbers are given the room of their rounding', () => {
    const row = { method: 'x', recall: [84.4, 67.6].map(Math.round), uar: 76.3, war: 76.3, source: '' };
    assert.equal(auditRow({ ...row, recall: [...row.recall, 76, 76, 76, 76, 76], decimals: 0 }, [1, 1, 1, 1, 1, 1, 1]).status, 'agrees');
  });

  it('the same row stands in both places with the same numbers', () => {
    for (const [rows, name] of [[DFEW_COMPARISON, 'dfew'], [FERV39K_COMPARISON, 'ferv39k']] as const) {
      for (const row of [PAPER[name], PREDECESSOR[name]]) assert.deepEqual(find(rows, row.method), row);
    }
  });

  it('counts and means add up', () => {
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    assert.equal(sum(TEST_COUNTS.dfew), 11_697);
    assert.equal(sum(TEST_COUNTS.ferv39k), 7847);
    assert.equal(sum(DFEW_FOLDS.test), 11_697);
    for (const [fold, train] of DFEW_FOLDS.train.entries()) assert.equal(train + DFEW_FOLDS.test[fold]!, 11_697);
    for (const { folds, mean } of [LEAK.best, LEAK.last]) assert.ok(Math.abs(sum(folds) / 5 - mean) < 0.005);
    assert.equal(COST.parameters.released, 19_083_527);
  });

  it('every number is a percentage and every row names its source', () => {
    for (const row of [...DFEW_COMPARISON, ...FERV39K_COMPARISON]) {
      for (const value of [row.uar, row.war, ...(row.recall ?? [])]) assert.ok(value >= 0 && value <= 100, row.method);
      assert.ok(row.recall === null || row.recall.length === 7);
      assert.ok(row.source.length > 10);
    }
    for (const { dfew, ferv39k, source } of LATER) assert.ok(dfew.war > dfew.uar && (ferv39k === null || ferv39k.war > ferv39k.uar) && source);
  });

  it('statusOf follows the written rule, bounds included', () => {
    const near = { dataset: 'dfew', hasRealData: true, isWhole: true, published: PAPER.dfew } as const;
    const ours = (uar: number, war: number): { uar: number; war: number } => ({ uar: PAPER.dfew.uar + uar, war: PAPER.dfew.war + war });
    assert.equal(statusOf({ ...near, ours: ours(-0.9, 0.9) }), 'reproduced');
    assert.equal(statusOf({ ...near, ours: ours(-0.9, 0.9), isWhole: false }), 'partly');
    assert.equal(statusOf({ ...near, ours: ours(0, -1.1) }), 'partly', 'WAR alone is too far');
    assert.equal(statusOf({ ...near, ours: ours(3.1, 0) }), 'not', 'better than published is not reproduced either');
    assert.equal(statusOf({ ...near, ours: null }), 'not run');
    assert.equal(statusOf({ ...near, ours: null, hasRealData: false }), 'needs DFEW');
    assert.equal(statusOf({ ...near, ours: null, hasRealData: false, dataset: 'ferv39k' }), 'needs FERV39k');
    assert.equal(statusOf({ ...near, ours: ours(0, 0), published: null }), 'no number');
  });
});
