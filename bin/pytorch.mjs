// Makes the environment of the bench's peer when it is not there, and prints the path of its Python.
import './setup/node.mjs';

void import('./setup/errors.mjs').then(({ runMain }) => runMain(async () => {
  const [{ findHome }, { installPytorch }] = await Promise.all([import('./setup/home.mjs'), import('./setup/pytorch.mjs')]);
  console.log(await installPytorch(findHome()));
}));
