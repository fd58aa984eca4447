// The parts of evaluation.json that are computed on request: intensity and separation (src/evaluate makes them).

export interface Interval {
  /** The statistic of the whole sample. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface IntensityBin {
  readonly low: number;
  readonly high: number;
  readonly clips: number;
  /** Fraction of the bin's clips that are found; null for an empty bin. */
  readonly recall: Interval | null;
  /** Mean scale-normalised margin; null for an empty bin. */
  readonly margin: Interval | null;
}

export interface IntensityReport {
  readonly bins: readonly IntensityBin[];
  /** Spearman correlation of peak intensity and margin over all binned clips; null where it is undefined. */
  readonly correlation: Interval | null;
  readonly clips: number;
  /** Clips that no bin holds: without a known intensity, outside the edges, or of an excluded class. */
  readonly clipsLeftOut: number;
}

/** Distances in the unit of the features. */
export interface Measures {
  /** Mean distance over all pairs of clips of one class; null where no class has two clips. */
  readonly intra: number | null;
  /** Mean distance over all pairs of clips of different classes. */
  readonly inter: number;
  /** inter / intra: larger is better separated, free of scale. */
  readonly ratio: number | null;
  /** Mean silhouette, -1 to 1, larger is better; clips alone in their class count 0. */
  readonly silhouette: number;
  /** 0 or more, smaller is better; null where two centroids coincide. */
  readonly daviesBouldin: number | null;
  /** Grows with the number of clips: compare only sets of equal size. Null where every class is a point. */
  readonly calinskiHarabasz: number | null;
  /** Mean fraction of a clip's k nearest other clips that are of its class. */
  readonly purity: number;
}

export interface ClassMeasures {
  readonly label: number;
  readonly clips: number;
  readonly intra: number | null;
  readonly inter: number;
  readonly ratio: number | null;
  readonly silhouette: number;
  /** The class's term of the Davies-Bouldin index: its worst overlap with another class. */
  readonly daviesBouldin: number | null;
  readonly purity: number;
}

/** [low, high] of 95 % per measure; null where the measure is undefined. */
export type MeasureIntervals = { readonly [M in keyof Measures]: readonly [number, number] | null };

export interface SpaceReport {
  readonly overall: Measures;
  readonly perClass: readonly ClassMeasures[];
  /** Every class at the size of the smallest with at least two clips: mean over seeded draws. */
  readonly balanced: Measures;
  readonly intervals: MeasureIntervals | null;
}

export interface SeparationReport {
  readonly clips: number;
  /** Width of the features. */
  readonly width: number;
  readonly k: number;
  readonly clipsPerClassBalanced: number;
  readonly raw: SpaceReport;
  readonly normalised: SpaceReport;
}
