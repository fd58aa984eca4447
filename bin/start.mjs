// npm start: set-up, then the whole result at the smallest size: clips, two runs, their table and figures, the notebook.
import './setup/node.mjs';

void import('./setup/errors.mjs').then(({ runMain }) => runMain(async () => {
  const { setUp } = await import('./setup/steps.mjs');
  await setUp();
  const { runCommandLine } = await import('./command.mjs');
  await runCommandLine(['quick', '--preset', 'tiny', ...process.argv.slice(2)]);
  if (process.exitCode) return;
  const { runNotebooks } = await import('./notebooks/run.mjs');
  if (await runNotebooks({ files: ['notebooks/00-quickstart.ipynb'], check: false, params: {} }) > 0) { process.exitCode = 1; return; }
  console.log(NEXT);
}));

const NEXT = `notebook  notebooks/00-quickstart.ipynb (executed)

What to do next
  npm run lab                          open the notebook, change something, run it again
  npm run -s ial -- train --help       train one network, on your own DFEW or FERV39k folder too
  npm run -s ial -- evaluate runs/tiny-gca+ial
  npm run -s ial -- parity test/fixtures/parity.json    the network against the authors' numbers
  npm test                             the proof of it all`;
