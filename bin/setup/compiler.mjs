// @ts-check
// A C++17 compiler: $CXX, or the first of c++, g++ and clang++.

import { SetupError } from './errors.mjs';
import { run } from './run.mjs';

export const INSTALL_COMPILER = 'install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; macOS: xcode-select --install) or set CXX to one';

/** @returns {Promise<string[]>} the command and its first arguments, as in CXX="ccache g++" */
export async function findCompiler() {
  const named = process.env['CXX']?.trim();
  const candidates = named ? [named.split(/\s+/)] : [['c++'], ['g++'], ['clang++']];
  for (const [command = '', ...args] of candidates) {
    const { status } = await run(command, [...args, '--version']);
    if (status === 0) return [command, ...args];
  }
  throw new SetupError(named ? `CXX=${named} does not run: ${INSTALL_COMPILER}` : `no C++ compiler found: ${INSTALL_COMPILER}`);
}
