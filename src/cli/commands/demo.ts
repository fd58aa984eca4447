// ial demo
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { UserError } from '../../errors.ts';
import { dataOption, examples, jsonOption, wholeNumber } from '../options.ts';
import { shellOf, type Shell } from '../shell.ts';

interface DemoCommandOptions { readonly run?: string; readonly out?: string; readonly data?: string; readonly clips?: number; readonly embedFrames?: boolean; readonly serve?: boolean; readonly port?: number }

export function addDemo(program: Command): void {
  examples(program.command('demo')
    .summary('try a run in the browser: clips, frames or the camera')
    .description('Writes a page that runs a run\'s network in the browser (tfjs on WebGPU, WebGL or WebAssembly, the first that works) from the same model code: clips of the benchmark, a dropped folder of frames or the camera in, probabilities and GCA weights out. Frames never leave the page. With --serve it is served to this machine alone until Ctrl-C; from elsewhere: ssh -L PORT:127.0.0.1:PORT.')
    .option('--run <run>', 'run folder with weights; without it --out names a demo that is there')
    .option('--out <dir>', 'folder to write: new, empty or an earlier demo (with --serve it may be left out)')
    .option('--serve', 'serve it on 127.0.0.1 and wait')
    .addOption(new Option('--port <number>', 'with --serve; a free one by default').argParser(wholeNumber(1, 65535)))
    .addOption(new Option('--clips <number>', 'test clips to put in, evenly over classes and intensities').argParser(wholeNumber(0, 200)).default(14))
    .addOption(dataOption().default(undefined, 'where the run was trained'))
    .option('--embed-frames', 'put in clips of a licensed set too; the folder must then not be given away')
    .addOption(jsonOption())
    .action(run), 'demo --run runs/first --serve', 'demo --run runs/first --out demo', 'demo --out demo --serve --port 8000');
}

async function run(options: DemoCommandOptions, command: Command): Promise<void> {
  const shell = shellOf(command), { out, serve = false } = options;
  if (options.run === undefined && (out === undefined || !serve)) throw new UserError('demo: expected --run RUN, the run to try, or --out DIR --serve for a demo that is there');
  if (out === undefined && !serve) throw new UserError('demo: expected --out DIR for the page, or --serve to try it at once');
  if (options.port !== undefined && !serve) throw new UserError('--port: goes with --serve');
  const made = out === undefined ? await mkdtemp(join(tmpdir(), 'ial-demo-')) : undefined, dir = out ?? made!;
  try {
    if (options.run !== undefined) await write(options.run, dir, options, shell);
    if (serve) await serveUntilStopped(dir, options.port, shell);
  } finally {
    if (made !== undefined) await rm(made, { recursive: true, force: true });
  }
}

async function write(runDir: string, out: string, { data, clips, embedFrames, serve = false }: DemoCommandOptions, shell: Shell): Promise<void> {
  const { writeDemo } = await import('../../demo/write.ts');
  const report = await writeDemo({ run: runDir, out, data, clips, embedFrames, signal: shell.signal, onWarning: (line) => { shell.note(`note: ${line}`); } });
  if (report.hasLicensedFrames) shell.note(`DO NOT DISTRIBUTE ${out}: it holds frames of a licensed set`);
  if (shell.isJson && !serve) shell.json(report);
  shell.print(`${out}: ${runDir}, epoch ${report.epoch}, with ${report.clips} clips, ${(report.bytes / 1e6).toFixed(1)} MB${serve ? '' : `; ial demo --out ${out} --serve shows it`}`);
}

async function serveUntilStopped(dir: string, port: number | undefined, shell: Shell): Promise<void> {
  const { serveDemo } = await import('../../demo/serve.ts');
  const served = await serveDemo(dir, port);
  if (shell.isJson) shell.json({ url: served.url, dir });
  shell.print(`${served.url}  (this machine only; Ctrl-C ends it)`);
  try {
    if (!shell.signal.aborted) await new Promise<void>((resolve) => { shell.signal.addEventListener('abort', () => { resolve(); }, { once: true }); });
  } finally { await served.close(); }
}
