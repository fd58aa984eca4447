// A copy of what set-up reads, in which one thing at a time can be broken. The heavy parts (packages, TensorFlow, the
// Python environment) are links to this checkout's own, which `npm test` has set up before.

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const FILES = ['bin', 'engine-requirements', 'package.json', 'package-lock.json', '.npmrc', 'requirements.txt', 'requirements-plotly.txt', 'src/engine/home.ts', 'src/engine/cpu', 'src/engine/jpeg'];

export interface Outcome { status: number; lines: string[] }

export class Sandbox {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'workbook-setup-')));
  /** On PATH alone, so that a test decides which tools there are. */
  readonly tools = join(this.root, 'tools');

  constructor() {
    for (const file of FILES) cpSync(join(ROOT, file), join(this.root, file), { recursive: true });
    mkdirSync(this.tools);
  }

  /** npm's packages: links, except the package that the addon is put into. */
  withPackages(): this {
    const from = join(ROOT, 'node_modules');
    const to = join(this.root, 'node_modules');
    mkdirSync(join(to, '@tensorflow'), { recursive: true });
    for (const name of readdirSync(from)) if (name !== '@tensorflow') symlinkSync(join(from, name), join(to, name));
    for (const name of readdirSync(join(from, '@tensorflow'))) {
      if (name !== 'tfjs-node-gpu') symlinkSync(join(from, '@tensorflow', name), join(to, '@tensorflow', name));
    }
    cpSync(join(from, '@tensorflow/tfjs-node-gpu'), join(to, '@tensorflow/tfjs-node-gpu'), { recursive: true, filter: (path) => !path.includes('/lib/') });
    return this;
  }

  withTensorflow(): this {
    mkdirSync(join(this.root, '.native/cpu'), { recursive: true });
    cpSync(join(ROOT, '.native/cpu/stamp'), join(this.root, '.native/cpu/stamp'));
    symlinkSync(join(ROOT, '.native/cpu/tensorflow'), join(this.root, '.native/cpu/tensorflow'));
    return this;
  }

  withPython(): this {
    symlinkSync(join(ROOT, '.venv'), join(this.root, '.venv'));
    return this;
  }

  tool(name: string, script: string): this {
    writeFileSync(join(this.tools, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.tools, name), 0o755);
    return this;
  }

  /** Runs set-up with only this sandbox's tools on PATH. */
  setUp(env: Record<string, string> = {}, args: string[] = []): Outcome {
    const { PATH: _, npm_execpath: __, CXX: ___, PYTHON: ____, ...rest } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/setup.mjs', ...args], {
      cwd: this.root, encoding: 'utf8', env: { ...rest, PATH: this.tools, npm_config_cache: join(this.root, 'cache'), ...env },
    });
    return { status: status ?? 1, lines: `${stdout}${stderr}`.trim().split('\n') };
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
