import assert from 'node:assert/strict';
import { buildTables, type BuiltTable } from '../../src/experiments/allTables.ts';
import { missingRows, results } from '../../src/workbook/index.ts';
import { inNotebook } from './host.ts';

const built = (): Promise<BuiltTable[]> => buildTables(['components', 'fusion'], { runs: 'no such folder', preset: 'tiny' });

describe('results', () => {
  it('shows every table as a grid, then the notes once, and the commands that make what is missing', async () => {
    const tables = await built();
    const shown = await inNotebook(() => results(...tables));
    assert.equal(shown.length, 3);
    assert.match(String(shown[0]!.data['text/html']), /^<table><caption[^>]*>Global convolution-attention and the intensity-aware loss/);
    assert.match(String(shown[1]!.data['text/html']), /<td style="text-align:left">needs DFEW<\/td>/);
    const words = String(shown[2]!.data['text/markdown']);
    assert.equal(words.split("The paper's own numbers for this table were not at hand.").length, 2);
    assert.match(words, /Not run here: 6 rows\. What makes them:/);
    assert.match(words, /\nial reproduce fusion --only 'off' --preset tiny /);
  });

  it('a table of published rows has nothing that is missing', async () => {
    const [field] = await buildTables(['field-dfew'], { runs: 'no such folder' });
    assert.deepEqual(missingRows(field!), []);
    const shown = await inNotebook(() => results(field!));
    assert.doesNotMatch(String(shown[1]!.data['text/markdown']), /Not run here/);
  });
});
