// The seven expressions in DFEW's order, which this project uses everywhere; other orders are resolved by name.

/** DFEW's order: label 0 is happiness ... 6 is fear (the official lists count from 1). */
export const EXPRESSIONS = ['happiness', 'sadness', 'neutral', 'anger', 'surprise', 'disgust', 'fear'] as const;

export type Expression = (typeof EXPRESSIONS)[number];

/** Words that datasets use for the seven expressions: FERV39k's folder names, DFEW's columns, nouns and adjectives. */
const WORDS: Readonly<Record<string, Expression>> = {
  happy: 'happiness', happiness: 'happiness', hap: 'happiness',
  sad: 'sadness', sadness: 'sadness',
  neutral: 'neutral', neutrality: 'neutral', neu: 'neutral',
  angry: 'anger', anger: 'anger', ang: 'anger',
  surprise: 'surprise', surprised: 'surprise', sur: 'surprise',
  disgust: 'disgust', disgusted: 'disgust', dis: 'disgust',
  fear: 'fear', fearful: 'fear', fea: 'fear', afraid: 'fear',
};

/** Index in EXPRESSIONS of a dataset's word for an expression, or -1 for an unknown word. */
export function expressionIndex(word: string): number {
  const expression = WORDS[word.trim().toLowerCase()];
  return expression === undefined ? -1 : EXPRESSIONS.indexOf(expression);
}
