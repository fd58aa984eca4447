// Where the weights are within what a training script has saved, and what lies beside them.
import { describe, isOpaque, isTensor, printable, Unreadable, type Pickled, type TensorRef } from './values.ts';

export interface FoundStateDict {
  /** Without the prefix. */
  readonly tensors: ReadonlyMap<string, TensorRef>;
  /** Key of the dict that holds it; undefined where the file is the state dict. */
  readonly key: string | undefined;
  /** What DataParallel (`module.`) or torch.compile (`_orig_mod.`) put before every name; '' for nothing. */
  readonly prefix: string;
  /** The other entries of the file, described: nothing of them is used. */
  readonly beside: Readonly<Record<string, string>>;
  readonly epoch?: number;
}

/** Names that training scripts give it, the usual first. */
const KEYS = ['state_dict', 'model_state_dict', 'model', 'net', 'network', 'model_state', 'weights', 'module'];
const PREFIXES = ['module.', '_orig_mod.'];

/** @throws Unreadable where there is none, several, or an entry that is no tensor. */
export function findStateDict(top: Pickled): FoundStateDict {
  if (isOpaque(top)) throw new Unreadable(`it is ${describe(top)}, expected a dict of weights: load it in PyTorch and torch.save its state_dict() instead`);
  if (!(top instanceof Map)) throw new Unreadable(`it is ${describe(top)}, expected a dict of weights`);
  const key = chooseKey(top);
  const dict = key === undefined ? top : (top.get(key) as Map<Pickled, Pickled>);
  const epoch = key === undefined ? undefined : top.get('epoch');
  return {
    ...withoutPrefix(tensorsOf(dict)), key,
    beside: key === undefined ? {} : Object.fromEntries([...top].filter(([name]) => name !== key).slice(0, 20).map(([name, value]) => [nameOf(name), describe(value)])),
    ...typeof epoch === 'number' && Number.isSafeInteger(epoch) && epoch >= 0 && { epoch },
  };
}

const nameOf = (key: Pickled): string => (typeof key === 'string' ? printable(key) : describe(key));

const hasTensors = (dict: Map<Pickled, Pickled>): boolean => [...dict.values()].some(isTensor);
const isWeights = (entry: readonly [Pickled, Pickled]): entry is [string, Map<Pickled, Pickled>] => typeof entry[0] === 'string' && entry[1] instanceof Map && hasTensors(entry[1]);

/** The usual name; else the only dict of tensors; else the file itself. */
function chooseKey(top: Map<Pickled, Pickled>): string | undefined {
  const candidates = [...top].filter(isWeights).map(([name]) => name);
  const usual = KEYS.find((name) => candidates.includes(name));
  if (usual !== undefined || candidates.length === 1) return usual ?? candidates[0];
  if (candidates.length > 1) throw new Unreadable(`it holds several dicts of tensors (${candidates.slice(0, 5).map(printable).join(', ')}), none of them called ${KEYS.slice(0, 3).join(', ')}`);
  if (!hasTensors(top)) throw new Unreadable(`it holds no weights, only ${[...top.keys()].slice(0, 5).map(nameOf).join(', ') || 'an empty dict'}`);
  return undefined;
}

function tensorsOf(dict: Map<Pickled, Pickled>): Map<string, TensorRef> {
  return new Map([...dict].map(([name, value]) => {
    if (typeof name !== 'string') throw new Unreadable(`its weights have a name that is no text: ${describe(name)}`);
    if (!isTensor(value)) throw new Unreadable(`its weights hold ${describe(value)} at "${printable(name)}", expected a tensor`);
    return [name, value];
  }));
}

/** Takes off what all names have before them. */
export function withoutPrefix<T>(tensors: ReadonlyMap<string, T>): { readonly tensors: ReadonlyMap<string, T>; readonly prefix: string } {
  let names = [...tensors.keys()], prefix = '';
  for (;;) {
    const found = PREFIXES.find((candidate) => names.every((name) => name.startsWith(candidate)));
    if (found === undefined) break;
    prefix += found;
    names = names.map((name) => name.slice(found.length));
  }
  return { tensors: new Map([...tensors.values()].map((tensor, i) => [names[i]!, tensor])), prefix };
}
