import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { formatDuration, terminalProgress } from '../src/progress.ts';

/** A stream that keeps what is written, a terminal or not, and a clock that the test turns. */
function fake(isTTY: boolean): { stream: NodeJS.WriteStream; text: () => string; clock: { ms: number; now: () => number } } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (data: Buffer) => { text += String(data); });
  const clock = { ms: 0, now: () => clock.ms };
  return { stream: Object.assign(stream, { isTTY, columns: 120 }) as unknown as NodeJS.WriteStream, text: () => text, clock };
}

describe('progress', () => {
  it('elsewhere than on a terminal: a line at each tenth, with rate and time left, and the last one once', () => {
    const { stream, text, clock } = fake(false);
    const { update, stop } = terminalProgress('rendering', { stream, now: clock.now, unit: 'clips' });
    for (let done = 0; done <= 100; done++, clock.ms += 200) update({ done, total: 100 });
    stop();
    const lines = text().trim().split('\n');
    assert.equal(lines.length, 11);
    assert.equal(lines[0], 'rendering: 0/100 clips');
    assert.equal(lines[5], 'rendering: 50/100 clips, 5.0/s, 10 s left');
    assert.equal(lines[10], 'rendering: 100/100 clips, 5.0/s');
  });

  it('a fast job is not flooded, a slow one is seen to live', () => {
    const fast = fake(false);
    const quick = terminalProgress('x', { stream: fast.stream, now: fast.clock.now });
    for (let done = 0; done <= 1000; done++, fast.clock.ms++) quick.update({ done, total: 1000 });
    quick.stop();
    assert.equal(fast.text().trim().split('\n').length, 2);
    const slow = fake(false);
    const steady = terminalProgress('x', { stream: slow.stream, now: slow.clock.now });
    for (let done = 0; done < 40; done++, slow.clock.ms += 1000) steady.update({ done, total: 100_000, note: `loss ${done}` });
    assert.deepEqual(slow.text().trim().split('\n').map((line) => line.split(', ').at(-1)), ['loss 0', 'loss 10', 'loss 20', 'loss 30']);
    steady.stop();
    assert.match(slow.text(), /loss 39\n$/);
  });

  it('without a total there is a count and a rate, and no time left', () => {
    const { stream, text, clock } = fake(false);
    const { update, stop } = terminalProgress('reading', { stream, now: clock.now });
    update({ done: 0 });
    clock.ms = 10_000;
    update({ done: 3000 });
    stop();
    assert.equal(text(), 'reading: 0\nreading: 3000, 300/s\n');
  });

  it('what was done before the start does not count as fast', () => {
    const { stream, text, clock } = fake(false);
    const { update, stop } = terminalProgress('x', { stream, now: clock.now });
    update({ done: 90, total: 100 });
    clock.ms = 5000;
    update({ done: 95, total: 100 });
    stop();
    assert.match(text(), /95\/100, 1\.0\/s, 5 s left/);
  });

  it('on a terminal there is a bar, drawn to its end by stop', () => {
    const { stream, text, clock } = fake(true);
    const { update, stop } = terminalProgress('training', { stream, now: clock.now, unit: 'clips' });
    update({ done: 0, total: 4 });
    clock.ms = 2000;
    update({ done: 4, total: 4, note: 'loss 1.2' });
    stop();
    assert.match(text(), /training ░{24} 0\/4 clips/);
    assert.match(text(), /training █{24} 4\/4 clips, 2\.0\/s, loss 1\.2/);
  });

  it('a bar that never started draws nothing', () => {
    const { stream, text } = fake(true);
    terminalProgress('x', { stream }).stop();
    assert.equal(text(), '');
  });

  it('durations read as a person says them', () => {
    assert.deepEqual([0.2, 59.5, 61, 3599.5, 8000].map(formatDuration), ['1 s', '1 min 00 s', '1 min 01 s', '1 h 00 min', '2 h 13 min']);
  });
});
