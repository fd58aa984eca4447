// The synthetic benchmark: faces whose expression intensity is known in every frame, written as DFEW or FERV39k.

export { GENERATOR_VERSION, DESIGN, type Design } from './design.ts';
export { ACTION_UNITS, PROTOTYPES, type ActionUnit, type Activation, type Prototype } from './actionUnits.ts';
export { describeClip, type ClipDescription, type DescribeOptions, type FrameRange } from './describe.ts';
export { planClips, planFolds, resolveParameters, type BenchmarkOptions, type Fold, type PlannedClip, type SyntheticParameters } from './plan.ts';
export { ORACLE_VIEWS, PEAK_BINS, runOracle, type OracleOptions, type OracleResult, type OracleView } from './oracle.ts';
export { frameRenderer } from './render.ts';
export { renderClip, syntheticBenchmark, type SyntheticBenchmark } from './benchmark.ts';
export type { SyntheticCounts } from './record.ts';
export { renderSynthetic, type RenderOptions, type SyntheticReport } from './write.ts';
export { clipSheet, contactSheet, expressionSheet, identitySheet, intensitySheet, portrait } from './sheets.ts';
