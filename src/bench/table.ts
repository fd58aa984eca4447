// The table of a case as rows of text, and what has to be said below it.
import { describeCase } from './bench.ts';
import { nameOf } from './compare.ts';
import type { BenchRecord, CaseRecord, SideRecord, Task } from './record.ts';
import { disagreement, isMeasured, median, ratioToPeer, smallest } from './statistics.ts';

/** Both sides compute the same in float32 to about 1e-5; more than this is another network, another loss or another batch. */
const AGREEMENT = { f32: 1e-3, bf16: 5e-2 } as const;

const CHECKS: Readonly<Record<Task, string>> = { step: 'losses of the first steps', infer: 'first logits' };
const SHOWN = 3;
const REASON_WIDTH = 90;

export function caseHead(task: Task, found: CaseRecord): string[] {
  return [describeCase(found), 'min ms', 'median ms', 'clips/s', 'x PyTorch\'s best', 'peak MB', CHECKS[task]];
}

export const caseRows = (found: CaseRecord): string[][] => found.sides.map((side) => rowOf(found, side));

function rowOf(found: CaseRecord, side: SideRecord): string[] {
  if (!isMeasured(side)) return [`${nameOf(side)} (failed: ${cut(side.failed ?? 'not measured')})`, ...Array.from({ length: 6 }, () => '-')];
  const best = smallest(side.ms), ratio = ratioToPeer(found, side);
  return [
    nameOf(side), best.toFixed(1), median(side.ms).toFixed(1), (1000 * found.clips / best).toFixed(1),
    ratio === undefined ? '-' : ratio.toFixed(2), side.peakMb === null ? '-' : side.peakMb.toFixed(0),
    side.check.slice(0, SHOWN).map((value) => value.toFixed(4)).join(' '),
  ];
}

const cut = (text: string): string => (text.length > REASON_WIDTH ? `${text.slice(0, REASON_WIDTH - 1)}…` : text);

/** More than an idle machine's own work. */
const BUSY = 0.15;

/** What makes the numbers of a case doubtful, a line each. */
export function caseWarnings(task: Task, found: CaseRecord): string[] {
  const busy = found.busy > BUSY ? [`WARNING ${describeCase(found)}: other work used ${Math.round(100 * found.busy)} % of the processors: measure again on an idle machine`] : [];
  return [...busy, ...disagreements(task, found)];
}

/** A line for every mode of PyTorch's that does not compute what ours does. */
function disagreements(task: Task, found: CaseRecord): string[] {
  const ours = found.sides.find((side) => side.side === 'ours' && isMeasured(side));
  if (!ours) return [];
  return found.sides.filter((side) => side.side === 'PyTorch' && isMeasured(side)).flatMap((side) => {
    const difference = disagreement(ours.check, side.check), allowed = AGREEMENT[found.precision];
    if (difference !== undefined && difference <= allowed) return [];
    const by = difference === undefined ? 'are not as many' : `differ by ${difference.toExponential(1)} relative, at most ${allowed} expected`;
    return [`WARNING ${describeCase(found)}: ${CHECKS[task]} of ours and ${nameOf(side)} ${by}: the two may not do the same work`];
  });
}

/** What was measured and how, for under the tables. */
export function benchNotes({ task, rounds, threads, preset, settings }: BenchRecord, hasPeer: boolean): string[] {
  const what = task === 'step' ? 'one training step (forward, loss, backward, optimiser)' : 'inference (images to logits)';
  return [
    `${[preset, ...settings].join(' ')}: ${what} on a batch made by a formula, ${threads} threads, ${rounds} rounds${hasPeer ? ', all sides in turn' : ''}; clips/s and ratios are of the minima.`,
    ...hasPeer ? ['Below 1: faster than PyTorch\'s fastest mode in that precision.'] : ['For the same network in PyTorch beside it: --peer (downloads 3 GB the first time).'],
  ];
}
