// npm start: set-up, then the whole result at the smallest size.
import './setup/node.mjs';

void import('./setup/errors.mjs').then(({ runMain }) => runMain(async () => {
  const { setUp } = await import('./setup/steps.mjs');
  await setUp();
  const { runCommandLine } = await import('./command.mjs');
  await runCommandLine(['reproduce', '--preset', 'tiny', ...process.argv.slice(2)]);
}));
