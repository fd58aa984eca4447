// @ts-check
// Which machines have a TensorFlow 2.21 wheel; everything else is refused before anything is downloaded.

import { statfsSync } from 'node:fs';
import { SetupError } from './errors.mjs';

const LINUX = ['manylinux_2_28', 'manylinux_2_27', 'manylinux_2_25', 'manylinux_2_17', 'manylinux2014', 'manylinux_2_12', 'manylinux2010'];

/** pip's platform tags for each machine that works. @type {Record<string, string[]>} */
const TAGS = {
  'linux-x64': LINUX.map((tag) => `${tag}_x86_64`),
  'linux-arm64': LINUX.map((tag) => `${tag}_aarch64`),
  'darwin-arm64': ['macosx_12_0_arm64', 'macosx_11_0_arm64'],
};

/** @typedef {{ name: string, tags: string[], mac: boolean }} Platform */

/**
 * WORKBOOK_PLATFORM stands in for another machine in tests.
 * @returns {Platform}
 */
export function findPlatform() {
  const name = process.env['WORKBOOK_PLATFORM'] ?? `${process.platform}-${process.arch}${isMusl() ? '-musl' : ''}`;
  const tags = TAGS[name];
  if (tags === undefined) throw new SetupError(`unsupported platform ${name}: ${reason(name)}`);
  requireGlibc();
  return { name, tags, mac: name.startsWith('darwin') };
}

/** @param {string} name */
function reason(name) {
  if (name.startsWith('win32')) return 'use Linux under WSL 2; TensorFlow 2.21 has no C library for Windows in its wheel';
  if (name.endsWith('-musl')) return 'TensorFlow needs glibc; use a Debian, Ubuntu or Fedora image in place of Alpine';
  if (name === 'darwin-x64') return 'TensorFlow 2.21 has no wheel for Intel Macs; on Apple silicon install the arm64 build of Node';
  return 'TensorFlow 2.21 has wheels for 64-bit Linux on x64 and arm64 and for macOS on arm64 only';
}

/** @returns {string | undefined} */
function glibc() {
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return report.header.glibcVersionRuntime;
}

function isMusl() {
  return process.platform === 'linux' && glibc() === undefined;
}

function requireGlibc() {
  const version = process.platform === 'linux' ? glibc() : undefined;
  if (version === undefined) return;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 2 || minor >= 27) return;
  throw new SetupError(`unsupported platform: glibc ${version} is too old, TensorFlow 2.21 needs 2.27 (Debian 10, Ubuntu 18.04 or later)`);
}

/**
 * Refuses early when a step cannot fit. WORKBOOK_FREE_BYTES stands in for a full disk in tests.
 * @param {string} folder  an existing one
 * @param {number} bytes
 */
export function requireSpace(folder, bytes) {
  const { bavail, bsize } = statfsSync(folder);
  const free = Number(process.env['WORKBOOK_FREE_BYTES'] ?? bavail * bsize);
  if (free >= bytes) return;
  throw new SetupError(`the disk is full: ${(bytes / 1e9).toFixed(1)} GB needed in ${folder}, ${(free / 1e9).toFixed(1)} GB free; make room, then run this again`);
}
