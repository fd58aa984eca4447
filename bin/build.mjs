// npm run build: dist with JavaScript and declarations, made beside and put into place whole.
import './setup/node.mjs';

void import('./setup/errors.mjs').then(({ runMain }) => runMain(async () => {
  const { build } = await import('./build/dist.mjs');
  await build();
}));
