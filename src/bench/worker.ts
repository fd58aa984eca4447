// Our worker process: answers the bench's requests until its standard input ends.
import { createInterface } from 'node:readline';
import { peakMb } from './memory.ts';
import { makeOurs, type Work } from './ours.ts';
import type { Answers, Kind, Request } from './protocol.ts';

let work: Work | undefined;

const ANSWER: { readonly [K in Kind]: (request: Extract<Request, { kind: K }>) => Promise<Answers[K]> | Answers[K] } = {
  async configure(job) {
    const made = await makeOurs(job);
    work = made.work;
    return made.ready;
  },
  time({ steps }) {
    const ms: number[] = [], values: (readonly number[])[] = [];
    for (let i = 0; i < steps; i++) {
      const start = performance.now();
      values.push(work!());
      ms.push(performance.now() - start);
    }
    return { ms, values };
  },
  memory: () => ({ peakMb: peakMb() }),
};

async function answer(line: string): Promise<object> {
  try {
    const request = JSON.parse(line) as Request;
    return { kind: request.kind, ...await ANSWER[request.kind](request as never) };
  } catch (error) {
    if (process.env['IAL_DEBUG']) console.error(error);
    return { kind: 'error', message: (error as Error).message.split('\n')[0] };
  }
}

console.log = console.error; // what libraries print must not mix with the answers
for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
process.exit();
