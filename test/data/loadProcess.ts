// A process of its own that loads clips through a disk cache: node --import tsx loadProcess.ts JOB, where JOB is JSON.
// Prints one line of JSON: a digest of all batches of each pass, and what the loader warned of.
import { createHash } from 'node:crypto';
import type { Clip } from '../../src/data/clip.ts';
import { createLoader, type BatchOptions, type LoaderSettings } from '../../src/data/loader.ts';

export interface LoadJob {
  readonly settings: Omit<LoaderSettings, 'onWarning'>;
  readonly clips: readonly Clip[];
  /** One pass each. */
  readonly passes: readonly BatchOptions[];
}

export interface LoadResult { readonly digests: readonly string[]; readonly warnings: readonly string[] }

export async function loadAll({ settings, clips, passes }: LoadJob): Promise<LoadResult> {
  const warnings: string[] = [], digests: string[] = [];
  const loader = createLoader({ ...settings, onWarning: (line) => warnings.push(line) });
  try {
    for (const options of passes) {
      const digest = createHash('sha256');
      for await (const { ids, images, labels } of loader.batches(clips, options)) digest.update(ids.join()).update(images).update(labels);
      digests.push(digest.digest('hex'));
    }
  } finally { await loader.close(); }
  return { digests, warnings };
}

if (process.argv[1]?.endsWith('loadProcess.ts')) console.log(JSON.stringify(await loadAll(JSON.parse(process.argv[2]!) as LoadJob)));
