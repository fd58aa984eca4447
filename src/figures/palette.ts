// Colours that stay the same in every figure. Okabe and Ito's palette, which people with the common colour vision
// deficiencies can tell apart; runs differ by marker, dash and hatching too, for print in grey.
import { EXPRESSIONS, expressionIndex, type Expression } from '../labels.ts';

const OKABE_ITO = {
  orange: '#E69F00', sky: '#56B4E9', green: '#009E73', yellow: '#F0E442', blue: '#0072B2', vermilion: '#D55E00', purple: '#CC79A7', grey: '#767676', black: '#000000',
} as const;

export const EXPRESSION_COLOURS: Readonly<Record<Expression, string>> = {
  happiness: OKABE_ITO.orange, sadness: OKABE_ITO.blue, neutral: OKABE_ITO.grey, anger: OKABE_ITO.vermilion,
  surprise: OKABE_ITO.sky, disgust: OKABE_ITO.green, fear: OKABE_ITO.purple,
};

/** For classes that are none of the seven, apart from these and from each other: Okabe and Ito's yellow, then Paul Tol's muted scheme. */
const OTHER_COLOURS = [OKABE_ITO.yellow, '#882255', '#999933', '#44AA99', '#332288', '#8C5A3C', '#000000'];

/** Of each class: an expression's own, whatever word names it; other classes in turn. Up to seven of these have colours of their own. */
export function classColours(labelNames: readonly string[]): string[] {
  let others = 0;
  return labelNames.map((name) => {
    const expression = EXPRESSIONS[expressionIndex(name)];
    return expression ? EXPRESSION_COLOURS[expression] : OTHER_COLOURS[others++ % OTHER_COLOURS.length]!;
  });
}

export interface RunStyle {
  readonly colour: string;
  readonly symbol: string;
  readonly dash: string;
  /** Plotly's fill pattern of bars. */
  readonly pattern: string;
}

const STYLES: readonly RunStyle[] = [
  { colour: OKABE_ITO.grey, symbol: 'circle-open', dash: 'dash', pattern: '/' },
  { colour: OKABE_ITO.blue, symbol: 'circle', dash: 'solid', pattern: '' },
  { colour: OKABE_ITO.orange, symbol: 'square', dash: 'dot', pattern: 'x' },
  { colour: OKABE_ITO.green, symbol: 'diamond', dash: 'dashdot', pattern: '.' },
];

/** Runs in the order of a comparison: the first is the one compared with (the baseline), in grey. A single run is not a baseline. */
export const runStyle = (index: number, runs: number): RunStyle => STYLES[(runs === 1 ? 1 : index) % STYLES.length]!;

/** Numbers from the paper: marked apart from everything measured here. */
export const PUBLISHED_COLOUR = OKABE_ITO.vermilion;

/** White to blue, one hue: darker is more, in grey too. */
export const SEQUENTIAL: readonly (readonly [number, string])[] = [[0, '#ffffff'], [0.25, '#cfe3f1'], [0.5, '#8dbcdd'], [0.75, '#3f8fc4'], [1, '#00507f']];

/** Orange below, white at zero, blue above: a pair that colour vision deficiencies keep apart, both dark at the ends. */
export const DIVERGING: readonly (readonly [number, string])[] = [[0, '#a04000'], [0.25, '#e8a15c'], [0.5, '#ffffff'], [0.75, '#8dbcdd'], [1, '#00507f']];
