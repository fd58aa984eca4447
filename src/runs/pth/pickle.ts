// Python's pickle, protocols 2 to 5, read and never run: names are not looked up, calls become values (globals.ts).
// Opcodes after Lib/pickletools.py's description; those of protocols 0 and 1 that torch.save never writes are refused.
import { Cursor } from './cursor.ts';
import { build, checkName, construct, copyBudget, reduce, type Budget } from './globals.ts';
import { describe, Unreadable, type Pickled } from './values.ts';

/** A whole training state takes some ten thousand. */
const MAX_OPCODES = 5_000_000;
/** Open lists within lists: Python's own writer stops at about a thousand. */
const MAX_MARKS = 1000;
const MAX_INTEGER_BYTES = 256;

/** What a persistent id stands for: PyTorch's storages. */
export type Persistent = (id: Pickled) => Pickled;

interface Machine {
  readonly cursor: Cursor;
  readonly memo: Map<number, Pickled>;
  readonly persistent: Persistent;
  readonly budget: Budget;
  stack: Pickled[];
  readonly marks: Pickled[][];
}

/** Reads one pickle and leaves the cursor behind it. @throws Unreadable */
export function readPickle(cursor: Cursor, persistent: Persistent): Pickled {
  const machine: Machine = { cursor, memo: new Map(), persistent, budget: copyBudget(), stack: [], marks: [] };
  for (let count = 0; count < MAX_OPCODES; count++) {
    const at = cursor.at, code = cursor.u8();
    if (code === STOP) return pop(machine);
    const step = OPCODES.get(code);
    if (!step) throw new Unreadable(`byte ${at} of its pickle (0x${code.toString(16).padStart(2, '0')}) is no operation that torch.save writes`);
    step(machine);
  }
  throw new Unreadable(`its pickle has more than ${MAX_OPCODES} operations`);
}

function pop({ stack }: Machine): Pickled {
  const value = stack.pop();
  if (value === undefined) throw new Unreadable('its pickle takes more values than it made');
  return value;
}

function top({ stack }: Machine): Pickled {
  const value = stack.at(-1);
  if (value === undefined) throw new Unreadable('its pickle changes a value that it did not make');
  return value;
}

/** Everything since the last mark. */
function popMark(machine: Machine): Pickled[] {
  const items = machine.stack, before = machine.marks.pop();
  if (!before) throw new Unreadable('its pickle closes a list that it did not open');
  machine.stack = before;
  return items;
}

function mark(machine: Machine): void {
  if (machine.marks.length >= MAX_MARKS) throw new Unreadable(`its pickle nests more than ${MAX_MARKS} lists`);
  machine.marks.push(machine.stack);
  machine.stack = [];
}

function integer(bytes: Uint8Array): number | bigint {
  if (bytes.length > MAX_INTEGER_BYTES) throw new Unreadable(`its pickle has an integer of ${bytes.length} bytes`);
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  if (bytes.length > 0 && bytes.at(-1)! >= 0x80) value -= 1n << BigInt(8 * bytes.length);
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function append(machine: Machine, items: readonly Pickled[]): void {
  const list = top(machine);
  if (Array.isArray(list)) for (const item of items) (list as Pickled[]).push(item);
  else if (typeof list !== 'object' || list === null || !('kind' in list)) throw new Unreadable(`its pickle appends to ${describe(list)}`);
}

function setItems(machine: Machine, items: readonly Pickled[]): void {
  const dict = top(machine);
  if (items.length % 2 === 1) throw new Unreadable('its pickle has a key without a value');
  if (dict instanceof Map) for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!);
  else if (typeof dict !== 'object' || dict === null || !('kind' in dict)) throw new Unreadable(`its pickle sets a key of ${describe(dict)}`);
}

function addItems(machine: Machine): void {
  const items = popMark(machine), set = top(machine);
  if (!(set instanceof Set)) throw new Unreadable(`its pickle adds to ${describe(set)}`);
  for (const item of items) set.add(item);
}

function get(machine: Machine, index: number): void {
  const value = machine.memo.get(index);
  if (value === undefined) throw new Unreadable(`its pickle asks for value ${index}, which it has not made`);
  machine.stack.push(value);
}

function stackGlobal(machine: Machine): void {
  const name = pop(machine), module = pop(machine);
  if (typeof name !== 'string' || typeof module !== 'string') throw new Unreadable(`its pickle takes ${describe(module)} and ${describe(name)} for a name`);
  machine.stack.push(checkName(module, name));
}

/** The classes of protocols 0 and 1: refused, but a dangerous name is said as such. */
function oldInstance({ cursor }: Machine): never {
  checkName(cursor.line(), cursor.line());
  throw new Unreadable('its pickle is of a protocol before 2');
}

function call(machine: Machine, make: (callable: Pickled, args: readonly Pickled[], budget: Budget) => Pickled): void {
  const args = pop(machine), callable = pop(machine);
  if (!Array.isArray(args)) throw new Unreadable(`its pickle calls ${describe(callable)} with ${describe(args)}`);
  machine.stack.push(make(callable, args as readonly Pickled[], machine.budget));
}

function newObjectEx(machine: Machine): void {
  const named = pop(machine);
  if (!(named instanceof Map)) throw new Unreadable(`its pickle passes ${describe(named)} as keyword arguments`);
  call(machine, (callable, args, budget) => construct(callable, named.size > 0 ? [...args, named] : args, budget));
}

function bytesOf(count: number, machine: Machine): void { machine.stack.push(Uint8Array.from(machine.cursor.take(count))); }
function textOf(count: number, machine: Machine): void { machine.stack.push(machine.cursor.text(count)); }
function latin(count: number, machine: Machine): void { machine.stack.push(Buffer.from(machine.cursor.take(count)).toString('latin1')); }
const keep = (machine: Machine, index: number): void => { machine.memo.set(index, top(machine)); };
const tuple = (machine: Machine, count: number): void => {
  const items = Array.from({ length: count }, () => pop(machine)).reverse();
  machine.stack.push(items);
};

const STOP = '.'.charCodeAt(0);
const of = (letter: string): number => letter.charCodeAt(0);

const OPCODES: ReadonlyMap<number, (machine: Machine) => void> = new Map<number, (machine: Machine) => void>([
  [0x80, (m) => { const protocol = m.cursor.u8(); if (protocol > 5) throw new Unreadable(`its pickle is of protocol ${protocol}, at most 5 is known`); }],
  [0x95, (m) => { const count = m.cursor.u64(); if (count > m.cursor.bytes.length - m.cursor.at) m.cursor.advance(count); }], // a frame announces bytes that follow as usual
  // stack and memo
  [of('('), mark],
  [of('0'), (m) => { if (m.stack.length > 0) m.stack.pop(); else popMark(m); }],
  [of('1'), (m) => { popMark(m); }],
  [of('2'), (m) => { m.stack.push(top(m)); }],
  [of('q'), (m) => { keep(m, m.cursor.u8()); }],
  [of('r'), (m) => { keep(m, m.cursor.u32()); }],
  [0x94, (m) => { keep(m, m.memo.size); }],
  [of('h'), (m) => { get(m, m.cursor.u8()); }],
  [of('j'), (m) => { get(m, m.cursor.u32()); }],
  // plain values
  [of('N'), (m) => { m.stack.push(null); }],
  [0x88, (m) => { m.stack.push(true); }],
  [0x89, (m) => { m.stack.push(false); }],
  [of('K'), (m) => { m.stack.push(m.cursor.u8()); }],
  [of('M'), (m) => { m.stack.push(m.cursor.u16()); }],
  [of('J'), (m) => { m.stack.push(m.cursor.i32()); }],
  [0x8a, (m) => { m.stack.push(integer(m.cursor.take(m.cursor.u8()))); }],
  [0x8b, (m) => { m.stack.push(integer(m.cursor.take(m.cursor.u32()))); }],
  [of('G'), (m) => { m.stack.push(m.cursor.f64()); }],
  [of('X'), (m) => { textOf(m.cursor.u32(), m); }],
  [0x8c, (m) => { textOf(m.cursor.u8(), m); }],
  [0x8d, (m) => { textOf(m.cursor.u64(), m); }],
  [of('U'), (m) => { latin(m.cursor.u8(), m); }], // Python 2
  [of('T'), (m) => { latin(m.cursor.u32(), m); }],
  [of('C'), (m) => { bytesOf(m.cursor.u8(), m); }],
  [of('B'), (m) => { bytesOf(m.cursor.u32(), m); }],
  [0x8e, (m) => { bytesOf(m.cursor.u64(), m); }],
  [0x96, (m) => { bytesOf(m.cursor.u64(), m); }],
  // containers
  [of(']'), (m) => { m.stack.push([]); }],
  [of('}'), (m) => { m.stack.push(new Map()); }],
  [0x8f, (m) => { m.stack.push(new Set()); }],
  [of(')'), (m) => { m.stack.push([]); }],
  [of('t'), (m) => { const items = popMark(m); m.stack.push(items); }],
  [of('l'), (m) => { const items = popMark(m); m.stack.push(items); }],
  [of('d'), (m) => { const items = popMark(m); m.stack.push(new Map()); setItems(m, items); }],
  [0x85, (m) => { tuple(m, 1); }],
  [0x86, (m) => { tuple(m, 2); }],
  [0x87, (m) => { tuple(m, 3); }],
  [0x91, (m) => { const items = popMark(m); m.stack.push(new Set(items)); }],
  [of('a'), (m) => { const item = pop(m); append(m, [item]); }],
  [of('e'), (m) => { const items = popMark(m); append(m, items); }],
  [of('s'), (m) => { const value = pop(m), key = pop(m); setItems(m, [key, value]); }],
  [of('u'), (m) => { const items = popMark(m); setItems(m, items); }],
  [0x90, addItems],
  // names, calls, objects
  [of('c'), (m) => { m.stack.push(checkName(m.cursor.line(), m.cursor.line())); }],
  [0x93, stackGlobal],
  [of('i'), oldInstance],
  [of('R'), (m) => { call(m, reduce); }],
  [0x81, (m) => { call(m, construct); }],
  [0x92, newObjectEx],
  [of('b'), (m) => { const state = pop(m); m.stack.push(build(pop(m), state)); }],
  [of('Q'), (m) => { m.stack.push(m.persistent(pop(m))); }],
]);
