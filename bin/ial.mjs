#!/usr/bin/env node
// The ial command: the built one in an installed package, the TypeScript sources in a clone. One process, so signals
// and exit codes are the command's own.
import './setup/node.mjs';

void import('./setup/errors.mjs').then(({ runMain }) => runMain(async () => {
  const { runCommandLine } = await import('./command.mjs');
  await runCommandLine(process.argv.slice(2));
}));
