// npm start: set-up, then the whole result at the smallest size: clips, two runs, their table and figures, the notebook.
import './setup/node.mjs';

void import('./setup/errors.mjs').then(({ runMain }) => runMain(async () => {
  const { setUp } = await import('./setup/steps.mjs');
  await setUp();
  const { runCommandLine } = await import('./command.mjs');
  const { availableParallelism } = await import('node:os');
  // networks this small leave a second core idle: side by side, the two take half the time
  await runCommandLine(['quick', '--preset', 'tiny', '--jobs', String(Math.min(2, availableParallelism())), ...process.argv.slice(2)]);
  if (process.exitCode) return;
  const { runNotebooks } = await import('./notebooks/run.mjs');
  // on the runs just made, beside them: the committed notebook shows those of figures/runs
  const params = { runs: '../runs', data: '../datasets/synthetic/quick' };
  if (await runNotebooks({ files: ['notebooks/00-quickstart.ipynb'], check: false, params, out: 'runs' }) > 0) { process.exitCode = 1; return; }
  console.log(NEXT);
}));

const NEXT = `notebook  runs/00-quickstart.ipynb (executed on these two runs)

What to do next
  npm run lab                          the workbook: nine notebooks on the runs that came with it
  npm run -s ial -- train --help       train one network, on your own DFEW or FERV39k folder too
  npm run -s ial -- evaluate runs/tiny-gca+ial
  npm run -s ial -- explore runs/tiny-baseline runs/tiny-gca+ial --out compared.html    look into both
  npm run -s ial -- demo --run runs/tiny-gca+ial --serve    try it in a browser
  npm run -s ial -- parity test/fixtures/parity.json    the network against the authors' numbers
  npm test                             the proof of it all`;
