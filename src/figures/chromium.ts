// A Chromium to render pictures with: the one named in $CHROMIUM, one that is installed, or the one that comes from
// npm (@sparticuz/chromium, Linux x64), unpacked once into the engine's folder. Everything is headless and offline.

import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { engineHome } from '../engine/home.ts';
import { UserError } from '../errors.ts';

/** What playwright's `chromium.launch` wants; `env` is the whole environment, not an addition. */
export interface Browser { executablePath: string; args: string[]; env?: Record<string, string> }

// the pages are our own files and touch no network, and a container's root cannot have the sandbox
const ARGS = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

const COMMANDS = ['chromium', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'microsoft-edge-stable'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/** Finds a Chromium, or unpacks npm's; safe to call from several processes at once. */
export async function findChromium(): Promise<Browser> {
  const installed = namedChromium() ?? installedChromium();
  return installed === undefined ? await packagedChromium() : { executablePath: installed, args: ARGS };
}

function namedChromium(): string | undefined {
  const named = process.env['CHROMIUM'];
  if (!named) return undefined;
  if (!isExecutable(named)) throw new UserError(`CHROMIUM=${named} is not an executable file; set it to a Chromium or Chrome, or unset it`);
  return named;
}

function installedChromium(): string | undefined {
  // a snap's Chromium cannot read files outside the home folder
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder && !folder.startsWith('/snap'));
  const onPath = folders.flatMap((folder) => COMMANDS.map((command) => join(folder, command)));
  return [...onPath, ...(process.platform === 'darwin' ? APPLICATIONS : [])].find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const HELP = 'install Chromium or Chrome (Debian, Ubuntu: apt install chromium), or set CHROMIUM to its path';

async function packagedChromium(): Promise<Browser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new UserError(`no Chromium found; ${HELP}`);
  const { path, version } = locatePackage();
  const home = join(engineHome(), `chromium-${version}`);
  if (!existsSync(join(home, 'chromium'))) await unpack(path, home);
  const libraries = [join(home, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(delimiter);
  const env = { ...process.env as Record<string, string>, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(home, 'fonts') };
  return { executablePath: join(home, 'chromium'), args: ARGS, env };
}

function locatePackage(): { path: string; version: string } {
  const require = createRequire(import.meta.url);
  try {
    const path = require.resolve('@sparticuz/chromium');
    // its exports hide package.json; the entry is build/cjs/index.cjs
    const { version } = require(join(path, '..', '..', '..', 'package.json')) as { version: string };
    return { path, version };
  } catch {
    throw new UserError(`no Chromium found; ${HELP}, or run npm install @sparticuz/chromium@147.0.0`);
  }
}

// the package unpacks into os.tmpdir() under fixed names, which two processes or users trip over: a child process
// with a temporary folder of its own does it, and one rename publishes the whole
async function unpack(path: string, home: string): Promise<void> {
  await mkdir(join(home, '..'), { recursive: true });
  const temporary = await mkdtemp(`${home}-`);
  try {
    const program = 'Promise.resolve().then(() => require(process.argv[1]).executablePath()).catch((error) => { console.error(error.message); process.exit(1); })';
    // AWS_LAMBDA_JS_RUNTIME makes it unpack its copies of nss, nspr and expat too
    const env = { ...process.env, TMPDIR: temporary, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' };
    await promisify(execFile)(process.execPath, ['-e', program, path], { env });
    await chmod(temporary, 0o755);
    await writeFile(join(temporary, 'fonts', 'fonts.conf'), FONTS);
    await publish(temporary, home);
  } catch (error) {
    throw new UserError(`could not unpack Chromium into ${home}: ${lastLine(error)}`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

// only the fonts that it carries, so that a picture is the same on every machine
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

async function publish(temporary: string, home: string): Promise<void> {
  try {
    await rename(temporary, home);
  } catch (error) {
    // somebody else was faster: theirs is the same
    if (!existsSync(join(home, 'chromium'))) throw error;
  }
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).split('\n').at(-1) ?? message;
}
