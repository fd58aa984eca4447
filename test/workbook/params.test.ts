import assert from 'node:assert/strict';
import { UserError } from '../../src/errors.ts';
import { params } from '../../src/workbook/index.ts';
import { printed } from './host.ts';

describe('params', () => {
  const defaults = { epochs: 3, data: 'here', augment: true, folds: [1, 2] };

  it('returns the defaults where nothing is set', () => { assert.deepEqual(params(defaults, undefined), defaults); });

  it('takes values of the same types and says so', async () => {
    const lines = await printed(() => assert.deepEqual(params(defaults, '{"epochs":1,"folds":[5]}'), { ...defaults, epochs: 1, folds: [5] }));
    assert.deepEqual(lines, ['set from outside: epochs = 1, folds = [5]']);
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['{"epoch":1}', /no parameter "epoch"; this notebook has epochs, data, augment, folds/],
    ['{"epochs":"1"}', /parameter epochs: expected a number such as 3, found "1"/],
    ['{"folds":["1"]}', /expected a list of numbers/],
    ['{"toString":1}', /no parameter "toString"/],
    ['epochs=1', /expected a JSON object such as/],
    ['[1]', /expected a JSON object/],
  ];
  for (const [text, message] of refused) {
    it(`refuses ${text}`, () => {
      assert.throws(() => params(defaults, text), (error: Error) => error instanceof UserError && message.test(error.message));
    });
  }
});
