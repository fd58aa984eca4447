// The public surface, in the order of the work: configuration, data, engine, network, losses, training, runs, evaluation.
// Importing it loads no native code; loadEngine does.

export { EXPRESSIONS, expressionIndex, type Expression } from './labels.ts';
export { Interrupted, UserError } from './errors.ts';
export { random, type Random } from './random.ts';
export { framesPerClip, preset, PRESETS, variantOf, VARIANTS, withSettings, type ExperimentConfig, type Selection } from './config.ts';

export type { Batch, Clip, Dataset, DatasetName, Progress } from './data/clip.ts';
export { readDataset, type ReadOptions } from './data/dataset.ts';
export { readIdentities, readIntensity } from './data/sidecar.ts';
export { authorsTestIndices, authorsTrainIndices, testIndices, trainIndices, type Sampling } from './data/sampling.ts';
export { drawAugmentation, type Augmentation } from './data/augment.ts';
export { validationSplit } from './data/split.ts';
export { createLoader, type BatchOptions, type Loader, type LoaderSettings } from './data/loader.ts';
export type { DiskCacheOptions } from './data/cacheSettings.ts';
export { describeClip, renderSynthetic, type RenderOptions, type SyntheticReport } from './data/synthetic/index.ts';

export { loadEngine, type Engine } from './engine/tensorflow.ts';
export type { Ops } from './engine/ops.ts';
export { portableOps } from './engine/portable.ts';
export { compile, type CompiledFunction } from './engine/compile.ts';

export { featureSize, parameterCount, specification, usedParameterCount, type TensorSpec } from './model/specification.ts';
export { initialWeights, type Weights } from './model/weights.ts';
export { createNetworkState, type NetworkState } from './model/state.ts';
export { forward, type NetworkOutput } from './model/network.ts';

export { crossEntropy, intensityAwareLoss, lossTerms, type LossTerms, type LossWeights } from './losses.ts';

export { createTrainer, type Trainer } from './train/trainer.ts';
export { fit, type EpochEvent, type FitOptions, type StepEvent } from './train/fit.ts';

export { openRun, type Run } from './runs/run.ts';
export type { EpochMetrics, Evaluation, Metrics, Prediction, RunRecord } from './runs/types.ts';
export { readWeightFile, type WeightFile } from './runs/weightFile.ts';
export { readSafetensors, writeSafetensors, type HostTensor } from './runs/safetensors.ts';

export { predict, type ClipOutputs } from './evaluate/predict.ts';
export { confusionMatrix, metricsOf } from './evaluate/metrics.ts';

export { explorer, writeExplorer, type ExplorerOptions, type ExplorerReport } from './explorer/build.ts';

export { trainRun } from './experiments/run.ts';
export type { TrainRunOptions } from './experiments/trainOptions.ts';
export { evaluateAgain } from './experiments/evaluation.ts';
export { openPredictor, type ClipPrediction, type Predictor, type PredictClipOptions } from './experiments/predictClips.ts';
export { importRun, type ImportOptions, type ImportReport } from './experiments/importRun.ts';
export { exportRun, type ExportOptions, type ExportReport } from './experiments/exportRun.ts';
export { exportFeatures } from './experiments/exportFeatures.ts';
export { separateRun, type SeparatedRun } from './experiments/separationRun.ts';
export { checkParity } from './experiments/parity.ts';
export { readParityFile, type ParityFile } from './experiments/parityFile.ts';
export type { ParityReport } from './experiments/comparison.ts';
