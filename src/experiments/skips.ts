// Clips that could not be read and were left out: each said once, all kept by id for the run's record.
import type { Skip } from '../data/clip.ts';

export interface SkipLog {
  hear(skip: Skip): void;
  /** Those since the last time, each once. */
  take(): readonly Skip[];
}

export function skipLog(onWarning: (line: string) => void = () => {}): SkipLog {
  const said = new Set<string>();
  let since = new Map<string, Skip>();
  return {
    hear(skip) {
      since.set(skip.id, skip);
      if (said.has(skip.id)) return;
      said.add(skip.id);
      onWarning(`clip ${skip.id} is skipped: ${skip.reason}`);
    },
    take() {
      const skips = [...since.values()];
      since = new Map();
      return skips;
    },
  };
}
