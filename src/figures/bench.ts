// Time a clip of ours beside PyTorch's fastest mode, for each kind of batch and precision.
import { axis, layout, type Figure, type Trace } from './figure.ts';
import { runStyle } from './palette.ts';

/** One batch size in one precision, on both sides. */
export interface SpeedPair {
  readonly task: 'step' | 'infer';
  readonly clips: number;
  readonly precision: string;
  /** Milliseconds a batch, smallest of a run. */
  readonly ours: number;
  readonly peer: number;
  /** Which of PyTorch's modes was fastest. */
  readonly peerMode: string;
}

export interface SpeedOptions {
  /** The machine and the versions. */
  readonly subtitle: string;
  /** The finding; computed by default. */
  readonly title?: string;
}

const WORK = { step: 'training step', infer: 'inference' } as const;

const groupOf = ({ task, clips }: SpeedPair): string => `${WORK[task]}<br>${clips} clip${clips === 1 ? '' : 's'}`;

/** Bars in the order of the pairs, PyTorch first; the number above ours is its time over PyTorch's. */
export function speedFigure(pairs: readonly SpeedPair[], { subtitle, title = speedFinding(pairs) }: SpeedOptions): Figure {
  return {
    data: [
      bars('PyTorch, its fastest mode', pairs, 0, ({ peer }) => peer, () => '', ({ peerMode }) => peerMode),
      bars('ours', pairs, 1, ({ ours }) => ours, ratioText, (pair) => `${ratioText(pair)} of PyTorch's time`),
    ],
    layout: layout({
      title, subtitle, height: 400, barmode: 'group', bargap: 0.25, bargroupgap: 0.06,
      xaxis: axis('', { ticks: '', type: 'multicategory' }), yaxis: axis('milliseconds a clip', { rangemode: 'tozero' }),
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.24, yanchor: 'top' },
    }),
  };
}

const ratioText = ({ ours, peer }: SpeedPair): string => `${(ours / peer).toFixed(2)}×`;

function bars(name: string, pairs: readonly SpeedPair[], index: number, ms: (pair: SpeedPair) => number, text: (pair: SpeedPair) => string, note: (pair: SpeedPair) => string): Trace {
  const { colour, pattern } = runStyle(index, 2);
  return {
    type: 'bar', name, x: [pairs.map(groupOf), pairs.map(({ precision }) => precision)], y: pairs.map((pair) => ms(pair) / pair.clips),
    text: pairs.map(text), textposition: 'outside', textangle: 0, textfont: { size: 11 }, cliponaxis: false,
    marker: { color: colour, pattern: { shape: pattern, bgcolor: colour, fgcolor: '#ffffff', solidity: 0.2, size: 6 }, line: { color: colour, width: 1 } },
    customdata: pairs.map(note), hovertemplate: `%{x}: %{y:.1f} ms a clip<br>%{customdata}<extra>${name}</extra>`,
  };
}

const SUBJECT = { step: 'a training step', infer: 'inference' } as const;

/** "A training step takes 0.80 to 0.95 of PyTorch's time, inference 0.91". */
function speedFinding(pairs: readonly SpeedPair[]): string {
  const parts = (['step', 'infer'] as const).flatMap((task) => {
    const ratios = pairs.filter((pair) => pair.task === task).map(({ ours, peer }) => ours / peer);
    if (ratios.length === 0) return [];
    const [low, high] = [Math.min(...ratios).toFixed(2), Math.max(...ratios).toFixed(2)];
    return [[SUBJECT[task], low === high ? low : `${low} to ${high}`] as const];
  });
  if (parts.length === 0) return 'No measurements of both sides';
  const text = parts.map(([subject, range], i) => (i === 0 ? `${subject} takes ${range} of PyTorch's time` : `${subject} ${range}`)).join(', ');
  return text[0]!.toUpperCase() + text.slice(1);
}
