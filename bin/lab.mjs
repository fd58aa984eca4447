// npm run lab: set-up when needed, then JupyterLab on the workbook. Arguments go to JupyterLab, e.g. -- --no-browser.
import './setup/node.mjs';

void import('./setup/errors.mjs').then(({ runMain }) => runMain(async () => {
  const { setUp } = await import('./setup/steps.mjs');
  await setUp();
  const { openLab } = await import('./notebooks/lab.mjs');
  process.exitCode = await openLab(process.argv.slice(2));
}));
