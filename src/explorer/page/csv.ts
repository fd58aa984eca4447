// A selection as a list of clips: the head and the comma-separated form of DFEW's lists, the labels as words, so that the
// readers of this project take it as a split whatever a list counts from.

const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const splitCsv = (clips: readonly number[], ids: readonly string[], labels: readonly number[], labelNames: readonly string[]): string =>
  `${['video_name,label', ...clips.map((clip) => `${cell(ids[clip]!)},${cell(labelNames[labels[clip]!]!)}`)].join('\n')}\n`;
