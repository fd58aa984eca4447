// What a reader of a network's probabilities has to know about the network. Shown wherever the page shows them.
import { basename } from 'node:path';
import { isTrainingKnown } from '../experiments/importRun.ts';
import { isLeaky } from '../runs/record.ts';
import type { RunRecord } from '../runs/types.ts';

const FILMS = 'Trained on faces from films, mostly acted, labelled by the votes of raters: it names how a clip would look to them.';
const TRAINED = { dfew: FILMS, ferv39k: FILMS, csv: 'Trained on the clips of a list of one\'s own: it knows what is in them and nothing else.' } as const;

export function caveatsOf(record: RunRecord): string[] {
  const { dataset: { name, isSynthetic }, experiment, importedFrom } = record;
  return [
    !isTrainingKnown(record) ? `Its weights were imported (${basename(importedFrom?.file ?? 'a file')}): what they were trained on is not known here, nor the order of the classes but by what the import was told.`
    : isSynthetic ? 'Trained on rendered faces only. It has never seen a real face: what it says of one, yours or another, measures nothing, however sure it looks.'
    : TRAINED[name],
    'It chooses among its words; it cannot say that none fits, cannot tell whether there is a face at all, and knows nothing of what anybody feels.',
    ...isLeaky(experiment) ? ['LEAKY: its epoch was chosen by the test clips, so that it does better on them than on others.'] : [],
    ...experiment.precision === 'bf16' ? ['It was evaluated with large maps in bfloat16; here everything is computed in float32, so its numbers differ a little.'] : [],
  ];
}

const NAMES = { dfew: 'DFEW', ferv39k: 'FERV39k', csv: 'a list of one\'s own' } as const;

/** Never a synthetic run as one of the set whose layout it has. */
export function datasetText(record: RunRecord): string {
  const { dataset: { name, fold, isSynthetic } } = record;
  if (!isTrainingKnown(record)) return 'imported weights';
  return isSynthetic ? `synthetic benchmark in the layout of ${NAMES[name]}, fold ${fold}` : `${NAMES[name]}, fold ${fold}`;
}
