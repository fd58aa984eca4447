import assert from 'node:assert/strict';
import { contactSheetFigure } from '../../src/figures/contactSheet.ts';
import { matchSnapshot } from './snapshot.ts';

const sheet = { image: 'data:image/jpeg;base64,AAAA', rows: 2, columns: 3 };

describe('contactSheetFigure', () => {
  it('lays the picture under the names of its columns and beside those of its rows, hover text tile by tile', () => {
    matchSnapshot('contactSheet', contactSheetFigure(sheet, { title: 'Two by three', subtitle: 'synthetic', rowLabels: ['weak', 'strong'], columnLabels: ['a', 'b', 'c'] }));
  });

  it('leaves no room for column labels that there are not, and refuses a wrong number', () => {
    const height = (columnLabels?: readonly string[]): number => contactSheetFigure(sheet, { title: 'x', ...columnLabels && { columnLabels } }).layout.height;
    assert.ok(height(['a', 'b', 'c']) > height());
    assert.throws(() => height(['a']), /RangeError: contactSheetFigure: 1 column labels for 3 columns/);
    assert.throws(() => contactSheetFigure(sheet, { title: 'x', rowLabels: ['a'] }), /RangeError: contactSheetFigure: 1 row labels for 2 rows/);
  });
});
