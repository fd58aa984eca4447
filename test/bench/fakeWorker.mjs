// A worker that answers at once, and misbehaves on request: node fakeWorker.mjs '{"ms":[5,4],"die":"time"}'
import { createInterface } from 'node:readline';

const { ms = [1], values = [[1]], refuse, die, hang, garble, silent, start = 0 } = JSON.parse(process.argv[2] ?? '{}');
let asked = 0;

function answer(request) {
  const { kind } = request;
  if (kind === refuse) return { kind: 'error', message: 'no compiler' };
  if (kind === die) { console.error('first words\nRuntimeError: out of luck'); process.exit(3); }
  if (kind === garble) return { kind: 'other' };
  if (kind === 'configure') return { kind, device: 'cpu', threads: request.threads, versions: { Fake: '1.0' } };
  if (kind === 'memory') return { kind, peakMb: 100 };
  const steps = Array.from({ length: request.steps }, () => asked++);
  return { kind, ms: steps.map((i) => ms[i % ms.length] + start), values: steps.map((i) => values[i % values.length]) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.kind === hang) setInterval(() => {}, 1000);
  else if (request.kind !== silent) process.stdout.write(`${JSON.stringify(answer(request))}\n`);
}
process.exit();
