// A worker that does what its task's name says.
import { readFileSync } from 'node:fs';

const [file, index] = process.argv.slice(2);
const { tasks } = JSON.parse(readFileSync(file, 'utf8'));
const { name } = tasks[Number(index)];
process.on('SIGTERM', () => { console.error('saved'); process.exit(143); });

if (name === 'fails') { console.error('ial: the disk is full'); process.exit(1); }
if (name === 'threads') { console.log(process.env.TF_NUM_INTRAOP_THREADS); process.exit(0); }
if (name === 'crashes') process.kill(process.pid, 'SIGSEGV');
if (name === 'throws') throw new TypeError('a bug');
if (name === 'eats') { const eaten = []; setInterval(() => { eaten.push(Buffer.alloc(50e6, 1)); }, 100); }
if (name === 'hangs') { process.send({ done: 1, total: 2 }); setInterval(() => {}, 1000); }
if (name.startsWith('works')) { process.send({ done: 2, total: 2, note: 'done' }); setTimeout(() => process.disconnect(), 50); }
