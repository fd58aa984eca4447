// npm run setup [-- --device cpu|gpu]: makes everything that the workbook needs and is not there yet.
import './setup/node.mjs';

void import('./setup/errors.mjs').then(({ runMain }) => runMain(async () => {
  const { setUp } = await import('./setup/steps.mjs');
  await setUp(process.argv.slice(2));
}));
