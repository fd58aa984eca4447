import assert from 'node:assert/strict';
import { skipLog } from '../../src/experiments/skips.ts';

describe('experiments/skips', () => {
  it('says each clip once, and gives those since the last time, each once', () => {
    const lines: string[] = [], log = skipLog((line) => lines.push(line));
    for (const id of ['a', 'b', 'a']) log.hear({ id, reason: 'broken' });
    assert.deepEqual(log.take(), [{ id: 'a', reason: 'broken' }, { id: 'b', reason: 'broken' }]);
    log.hear({ id: 'b', reason: 'broken' });
    assert.deepEqual([log.take(), log.take()], [[{ id: 'b', reason: 'broken' }], []]);
    assert.deepEqual(lines, ['clip a is skipped: broken', 'clip b is skipped: broken']);
  });
});
