// npm test: set-up when needed, lint, types of sources and notebooks, then every fast test.
// npm test -- FILES or mocha's options: only those tests. `--slow NAMES` runs test/slow/NAME.test.ts.
import './setup/node.mjs';

void import('./setup/errors.mjs').then(({ runMain }) => runMain(async () => {
  const { setUp } = await import('./setup/steps.mjs');
  await setUp();
  const { check, finish, mocha } = await import('./test/run.mjs');
  const args = process.argv.slice(2);
  if (args[0] === '--slow') {
    const files = args.slice(1).map((arg) => (/^[a-z]+$/.test(arg) ? `test/slow/${arg}.test.ts` : arg));
    finish([await mocha(['--no-config', '--import=tsx', '--timeout', '600000', ...files])]);
    return;
  }
  if (args.length > 0) {
    // files named here would only be added to those of .mocharc.json
    const chosen = args.some((arg) => arg.endsWith('.ts')) ? ['--no-config', '--import=tsx', '--timeout', '60000'] : [];
    finish([await mocha([...chosen, ...args])]);
    return;
  }
  finish([
    await check('lint', ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings', 'src', 'test', 'bin', 'kernel']),
    await check('types', ['node_modules/typescript/bin/tsc', '-p', '.']),
    await check('types of bin', ['node_modules/typescript/bin/tsc', '-p', 'bin']),
    await check('types of the notebooks', ['bin/check-notebooks.mjs']),
    await mocha([]),
  ]);
}));
