// Type-checks the notebooks as strictly as the sources, and looks at their cells and outputs: node bin/check-notebooks.mjs [FILES]
import './setup/node.mjs';

void import('./setup/errors.mjs').then(({ runMain }) => runMain(async () => {
  const { checkNotebooks } = await import('./notebooks/check.mjs');
  const problems = checkNotebooks(process.argv.slice(2));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}));
