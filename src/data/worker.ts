// The worker thread of the loader: takes plans from its queue, one after the other, and transfers finished batches.
// It never waits for the main thread, which a training step blocks for hundreds of milliseconds.
import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../errors.ts';
import { assembleBatch, type AssembledBatch, type BatchPlan } from './batch.ts';
import { cachedFrames, decodedFrames, resizedFrames } from './cache.ts';
import { decodeFrame, type FrameSource } from './decode.ts';
import { diskCache, type CacheReport, type DiskCache, type DiskCacheSettings } from './diskCache.ts';

export type ToWorker =
  | { readonly type: 'plan'; readonly run: number; readonly index: number; readonly plan: BatchPlan }
  | { readonly type: 'cancel'; readonly run: number }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'batch'; readonly run: number; readonly index: number; readonly batch: AssembledBatch }
  | { readonly type: 'failure'; readonly run: number; readonly index: number; readonly message: string; readonly isUserError: boolean }
  /** Comes before the batch in whose making it arose. */
  | { readonly type: 'cache'; readonly report: CacheReport }
  /** Nothing of this run is in work any more. */
  | { readonly type: 'cancelled'; readonly run: number };

/** What a worker is started with. */
export interface WorkerSettings { readonly cacheBytes: number; readonly disk?: DiskCacheSettings }

type Job = Extract<ToWorker, { type: 'plan' }>;

/** Where the frames of a plan come from: memory, the disk cache if there is one, the set itself. */
function frameSources(cacheBytes: number, disk: DiskCache | undefined): (plan: BatchPlan) => FrameSource {
  const behind = (source: FrameSource, variant: string): FrameSource => disk?.frames(source, variant) ?? source;
  const whole = cachedFrames((size) => behind(resizedFrames(decodeFrame, size), `resized to ${size}`), cacheBytes);
  const decoded = decodedFrames(behind(decodeFrame, 'decoded'), cacheBytes);
  return ({ isRepeatable, imageSize, totalFrames }) => (isRepeatable ? whole(imageSize) : decoded(totalFrames));
}

/** Serves `port` until it is told to close. */
function serve(port: NonNullable<typeof parentPort>, settings: WorkerSettings): void {
  const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  const disk = settings.disk && diskCache(settings.disk);
  const sourceOf = frameSources(settings.cacheBytes, disk);
  const reportCache = (): void => {
    const report = disk?.report();
    if (report) send({ type: 'cache', report });
  };
  let queue: Job[] = [];
  let current: { readonly run: number; readonly abort: AbortController; readonly ended: Promise<void> } | undefined;

  const work = async (job: Job, signal: AbortSignal): Promise<void> => {
    const { run, index } = job;
    try {
      const batch = await assembleBatch(job.plan, sourceOf(job.plan), signal).finally(reportCache);
      if (!signal.aborted) send({ type: 'batch', run, index, batch }, [batch.images.buffer as ArrayBuffer]);
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof UserError ? error.message : String((error as Error).stack ?? error);
      send({ type: 'failure', run, index, message, isUserError: error instanceof UserError });
    }
  };

  const next = (): void => {
    const job = queue.shift();
    if (!job) return;
    const abort = new AbortController();
    const ended = work(job, abort.signal).then(() => {
      current = undefined;
      next();
    });
    current = { run: job.run, abort, ended };
  };

  const cancel = async (run: number): Promise<void> => {
    queue = queue.filter((job) => job.run !== run);
    if (current?.run === run) {
      current.abort.abort();
      await current.ended;
    }
    send({ type: 'cancelled', run });
  };

  const close = async (): Promise<void> => {
    queue = [];
    current?.abort.abort();
    await current?.ended;
    port.close();
  };

  port.on('message', (message: ToWorker) => {
    if (message.type === 'plan') {
      queue.push(message);
      if (!current) next();
    } else void (message.type === 'cancel' ? cancel(message.run) : close());
  });
}

if (parentPort) serve(parentPort, workerData as WorkerSettings);
