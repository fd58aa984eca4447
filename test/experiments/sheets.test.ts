import assert from 'node:assert/strict';
import { syntheticBenchmark } from '../../src/data/synthetic/index.ts';
import { benchmarkSheets } from '../../src/experiments/sheets.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import sharp from 'sharp';

describe('benchmarkSheets', () => {
  it('shows expressions, intensity, people and clips, each a JPEG of its grid\'s proportions', async () => {
    const benchmark = syntheticBenchmark({ layout: 'dfew', clips: 56, seed: 3, size: 32, frames: [4, 6] });
    const sheets = await benchmarkSheets(benchmark);
    assert.deepEqual([...sheets.keys()], ['sheet-expressions', 'sheet-intensity', 'sheet-people', 'sheet-clips']);
    for (const [name, { layout }] of sheets) {
      const [image] = layout['images'] as { source: string; sizex: number; sizey: number }[];
      const { format, width, height } = await sharp(Buffer.from(image!.source.split(',')[1]!, 'base64')).metadata();
      assert.equal(format, 'jpeg', name);
      assert.equal(width / height, image!.sizex / image!.sizey, name);
    }
    const { ticktext } = sheets.get('sheet-clips')!.layout['yaxis'] as { ticktext: string[] };
    assert.deepEqual(ticktext.map((text) => /<b>(\w+)<\/b>/.exec(text)![1]), EXPRESSIONS);
  });
});
