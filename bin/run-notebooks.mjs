// Executes notebooks headless: npm run notebooks -- [--check | --out FOLDER] [--set NAME=VALUE]... [NAMES]
import './setup/node.mjs';

void import('./setup/errors.mjs').then(({ runMain }) => runMain(async () => {
  const { parseArguments, runNotebooks } = await import('./notebooks/run.mjs');
  const failed = await runNotebooks(parseArguments(process.argv.slice(2)));
  if (failed > 0) process.exitCode = 1;
}));
