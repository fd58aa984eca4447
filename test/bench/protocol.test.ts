import assert from 'node:assert/strict';
import { readAnswer, Refusal } from '../../src/bench/protocol.ts';

describe('answers of the bench\'s workers', () => {
  it('are returned when they are of the kind that was asked for', () => {
    assert.deepEqual(readAnswer('time', '{"kind":"time","ms":[1.5],"values":[[2]]}').ms, [1.5]);
    assert.equal(readAnswer('memory', '{"kind":"memory","peakMb":10}').peakMb, 10);
    assert.equal(readAnswer('configure', '{"kind":"configure","device":"cpu","threads":2,"versions":{}}').threads, 2);
  });

  it('an error is a refusal with its message', () => {
    assert.throws(() => readAnswer('time', '{"kind":"error","message":"no compiler"}'), (error) => error instanceof Refusal && error.message === 'no compiler');
  });

  it('anything else is named with what was expected', () => {
    for (const line of ['Traceback', '{"kind":"memory","peakMb":10}', '{"kind":"time","ms":["1"],"values":[[2]]}', '{"kind":"time","ms":[1],"values":[]}', 'null', '3']) {
      assert.throws(() => readAnswer('time', line), /expected an answer to "time", found/, line);
    }
  });
});
