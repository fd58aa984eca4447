// What the names in a pickle mean. The few that make up a state dict are understood; names that run programs refuse the
// file; every other becomes an object that stays shut. Nothing is ever looked up or called.
import type { HostDtype } from '../safetensors.ts';
import { describe, isGlobal, isOpaque, isStorage, isTensor, printable, sizeAt, sizesAt, Unreadable, type GlobalName, type Opaque, type Pickled, type StorageRef, type TensorRef } from './values.ts';

/** Modules with which a pickle runs programs, reads files or opens connections; whole, submodules included. */
const DANGEROUS_MODULES = new Set(['os', 'posix', 'nt', 'subprocess', 'sys', 'shutil', 'socket', 'importlib', 'runpy', 'pty', 'ctypes', 'commands', 'multiprocessing', 'marshal', 'pickle', '_pickle', 'webbrowser', 'pip', 'urllib', 'http', 'requests', 'operator', '_operator', 'pdb', 'pydoc', 'timeit', 'asyncio']);
const DANGEROUS_NAMES = new Set([
  ...['builtins', '__builtin__'].flatMap((module) => ['eval', 'exec', 'execfile', 'compile', 'open', 'file', 'getattr', 'setattr', 'delattr', '__import__', 'globals', 'locals', 'vars', 'input', 'breakpoint', 'apply'].map((name) => `${module}.${name}`)),
  'types.FunctionType', 'types.CodeType', 'code.InteractiveInterpreter', 'code.interact', 'torch.load', 'torch.serialization.load', 'torch.hub.load', 'torch.jit.load', 'numpy.load', 'numpy.testing._private.utils.runstring',
]);

/** @throws Unreadable for a name whose only purpose in a checkpoint is to run something. */
export function checkName(module: string, name: string): GlobalName {
  const parts = name.split('.');
  // since protocol 4 a name may lead through another module: pathlib, "os.system"
  const isDangerous = DANGEROUS_MODULES.has(module.split('.')[0]!) || DANGEROUS_NAMES.has(`${module}.${name}`) || (parts.length > 1 && parts.some((part) => DANGEROUS_MODULES.has(part) || DANGEROUS_NAMES.has(`builtins.${part}`)));
  if (isDangerous) throw new Unreadable(`its pickle names ${printable(`${module}.${name}`)}, which no weights need and with which a file runs programs when PyTorch loads it; nothing was run here: do not load it, ask for the state dict alone`);
  return { kind: 'global', module, name };
}

const DTYPES: Readonly<Record<string, HostDtype>> = {
  DoubleStorage: 'F64', FloatStorage: 'F32', HalfStorage: 'F16', BFloat16Storage: 'BF16', LongStorage: 'I64', IntStorage: 'I32', ByteStorage: 'U8', BoolStorage: 'BOOL',
};
const STORAGE = /^torch(?:\.cuda|\.storage)?\.(\w+Storage)$/;

const fullName = ({ module, name }: GlobalName): string => `${module}.${name}`;

/** ('storage', type, key, place, elements): PyTorch's persistent id, in both formats. @throws Unreadable */
export function storageOf(id: Pickled): StorageRef {
  const [tag, type, key, , count] = Array.isArray(id) ? (id as readonly Pickled[]) : [];
  const typeName = isGlobal(type) ? STORAGE.exec(fullName(type))?.[1] : undefined;
  if (tag === 'module') throw new Unreadable('it holds a whole pickled module: load it in PyTorch and save model.state_dict() instead');
  if (tag !== 'storage' || typeName === undefined || typeof key !== 'string') throw new Unreadable(`its pickle refers to something outside that is no storage (${describe(id)})`);
  return { kind: 'storage', key, dtype: DTYPES[typeName], typeName, count: sizeAt(count, `storage ${printable(key)}`) };
}

function tensorOf(args: readonly Pickled[]): TensorRef {
  const [storage, offset, shape, strides, , , metadata] = args;
  if (metadata instanceof Map && metadata.size > 0) throw new Unreadable(`its pickle makes a tensor whose numbers are not those stored (${[...metadata.keys()].map(describe).join(', ')}): save a .clone() of it`);
  if (!isStorage(storage)) throw new Unreadable(`its pickle makes a tensor of ${describe(storage)}`);
  const ref: TensorRef = { kind: 'tensor', storage, offset: sizeAt(offset, 'offset of a tensor'), shape: sizesAt(shape, 'shape of a tensor'), strides: sizesAt(strides, 'strides of a tensor') };
  if (ref.shape.length !== ref.strides.length) throw new Unreadable(`its pickle makes a tensor of ${ref.shape.length} dimensions with ${ref.strides.length} strides`);
  return ref;
}

/** What one pickle may still copy, in elements and bytes: a call on a value that is kept copies it for a few bytes of file, as often as one likes. */
export interface Budget { left: number }

/** Many times what a training state copies, and little memory. */
export const copyBudget = (): Budget => ({ left: 16_000_000 });

function spend(budget: Budget, size: number): void {
  budget.left -= size + 8; // an empty copy takes memory, too
  if (budget.left < 0) throw new Unreadable('its pickle copies the same values over and over, as no weights need');
}

type Meaning = (args: readonly Pickled[], callable: GlobalName, budget: Budget) => Pickled;

const opaque = (callable: GlobalName, args: readonly Pickled[]): Opaque => ({ kind: 'object', of: fullName(callable), args });

/** dict(), OrderedDict(), from pairs or from nothing. */
const dict: Meaning = ([pairs = []], callable, budget) => {
  const list = Array.isArray(pairs) ? (pairs as readonly Pickled[]) : undefined;
  spend(budget, 4 * (pairs instanceof Map ? pairs.size : list?.length ?? 0)); // an entry takes more than an element
  if (pairs instanceof Map) return new Map(pairs);
  if (!list?.every((pair): pair is [Pickled, Pickled] => Array.isArray(pair) && pair.length === 2)) return opaque(callable, [pairs]);
  return new Map(list);
};

const copyOf = (make: (items: readonly Pickled[]) => Pickled): Meaning => ([items = []], callable, budget) => {
  if (!Array.isArray(items)) return opaque(callable, [items]);
  spend(budget, items.length);
  return make(items as readonly Pickled[]);
};
const list = copyOf((items) => [...items]), set = copyOf((items) => new Set(items));
const first: Meaning = (args, callable) => args[0] ?? opaque(callable, args);

/** How protocol 2 writes bytes. */
const encode: Meaning = (args, callable, budget) => {
  const [text, encoding] = args;
  if (typeof text !== 'string' || encoding !== 'latin1') return opaque(callable, args);
  spend(budget, text.length);
  return Uint8Array.from(Buffer.from(text, 'latin1'));
};

/** A NumPy number such as best_acc: (dtype, bytes). */
const numpyScalar: Meaning = (args, callable) => {
  const [type, bytes] = args;
  const read = isOpaque(type) && bytes instanceof Uint8Array && typeof type.args[0] === 'string' ? NUMPY_NUMBERS[type.args[0]] : undefined;
  if (!read || (bytes as Uint8Array).length !== read.bytes) return opaque(callable, args);
  const isLittle = !(isOpaque(type) && Array.isArray(type.state) && (type.state as readonly Pickled[])[1] === '>');
  const { buffer, byteOffset } = bytes as Uint8Array;
  return read.get(new DataView(buffer, byteOffset), isLittle);
};

const NUMPY_NUMBERS: Readonly<Record<string, { readonly bytes: number; readonly get: (view: DataView, isLittle: boolean) => number }>> = {
  f8: { bytes: 8, get: (view, isLittle) => view.getFloat64(0, isLittle) }, f4: { bytes: 4, get: (view, isLittle) => view.getFloat32(0, isLittle) },
  i8: { bytes: 8, get: (view, isLittle) => Number(view.getBigInt64(0, isLittle)) }, i4: { bytes: 4, get: (view, isLittle) => view.getInt32(0, isLittle) },
};

const fromType: Meaning = (args, callable, budget) => {
  const [rebuild, , inner] = args;
  return isGlobal(rebuild) && fullName(rebuild) !== fullName(callable) && Array.isArray(inner) ? reduce(rebuild, inner as readonly Pickled[], budget) : opaque(callable, args);
};

const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['collections.OrderedDict', dict], ['builtins.dict', dict], ['__builtin__.dict', dict], ['collections.defaultdict', () => new Map()], ['collections.Counter', dict],
  ['builtins.list', list], ['builtins.tuple', list], ['__builtin__.list', list], ['__builtin__.tuple', list], ['torch.Size', list],
  ['builtins.set', set], ['__builtin__.set', set], ['builtins.frozenset', set], ['__builtin__.frozenset', set],
  ['torch._utils._rebuild_tensor', tensorOf], ['torch._utils._rebuild_tensor_v2', tensorOf],
  ['torch._utils._rebuild_parameter', first], ['torch._utils._rebuild_parameter_with_state', first], ['torch._tensor._rebuild_from_type_v2', fromType],
  ['_codecs.encode', encode], ['numpy.core.multiarray.scalar', numpyScalar], ['numpy._core.multiarray.scalar', numpyScalar],
]);

/** What a call gives: a value that is understood, or an object that stays shut. @throws Unreadable for a tensor that cannot be. */
export function reduce(callable: Pickled, args: readonly Pickled[], budget: Budget): Pickled {
  if (!isGlobal(callable)) return { kind: 'object', of: describe(callable), args };
  return MEANINGS.get(fullName(callable))?.(args, callable, budget) ?? opaque(callable, args);
}

/** As `reduce`, for classes. */
export const construct = reduce;

/** Attributes of an object: kept shut. Those of a dict (PyTorch's _metadata) and of a tensor change no number. */
export function build(target: Pickled, state: Pickled): Pickled {
  if (isOpaque(target)) target.state = state;
  else if (!(target instanceof Map) && !isTensor(target)) throw new Unreadable(`its pickle gives attributes to ${describe(target)}`);
  return target;
}
