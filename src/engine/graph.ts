// A TensorFlow graph as a SavedModel file, which is how a graph comes into a session through tfjs-node. Field numbers are
// those of TensorFlow's own .proto files.
import protobuf from 'protobufjs';
import type { Attribute, Binding } from './kernels.ts';

const field = (id: number, type: string, rule?: 'repeated'): protobuf.IField => ({ id, type, ...rule && { rule } });
const message = (fields: Record<string, protobuf.IField | protobuf.IMapField>): protobuf.IType => ({ fields });

const schema = protobuf.Root.fromJSON({
  nested: {
    Dim: message({ size: field(1, 'int64') }),
    Shape: message({ dim: field(2, 'Dim', 'repeated') }),
    TensorValue: message({ dtype: field(1, 'int32'), tensorShape: field(2, 'Shape'), tensorContent: field(4, 'bytes') }),
    List: message({ s: field(2, 'bytes', 'repeated'), i: field(3, 'int64', 'repeated'), f: field(4, 'float', 'repeated'), b: field(5, 'bool', 'repeated'), type: field(6, 'int32', 'repeated') }),
    Value: message({ list: field(1, 'List'), s: field(2, 'bytes'), i: field(3, 'int64'), f: field(4, 'float'), b: field(5, 'bool'), type: field(6, 'int32'), shape: field(7, 'Shape'), tensor: field(8, 'TensorValue') }),
    Node: message({ name: field(1, 'string'), op: field(2, 'string'), input: field(3, 'string', 'repeated'), attr: { keyType: 'string', ...field(5, 'Value') } }),
    Versions: message({ producer: field(1, 'int32') }),
    Graph: message({ node: field(1, 'Node', 'repeated'), versions: field(4, 'Versions') }),
    Info: message({ tags: field(4, 'string', 'repeated') }),
    Meta: message({ info: field(1, 'Info'), graph: field(2, 'Graph') }),
    SavedModel: message({ version: field(1, 'int64'), metaGraphs: field(2, 'Meta', 'repeated') }),
  },
});

/** The graph format that the nodes are written for. */
const PRODUCER = 1900;
export const TAG = 'step';

export type AttributeValue = Record<string, unknown>;
export interface GraphNode { readonly name: string; readonly op: string; readonly input: readonly string[]; readonly attr: Readonly<Record<string, AttributeValue>> }

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const shapeOf = (shape: readonly number[]): object => ({ dim: shape.map((size) => ({ size })) });

export const typeValue = (dtype: number): AttributeValue => ({ type: dtype });
export const shapeValue = (shape: readonly number[]): AttributeValue => ({ shape: shapeOf(shape) });
export const textValue = (text: string): AttributeValue => ({ s: bytes(text) });
export const tensorValue = (dtype: number, shape: readonly number[], content: Uint8Array): AttributeValue => ({ tensor: { dtype, tensorShape: shapeOf(shape), tensorContent: content } });

/** An attribute as tfjs-node hands it to the binding, as the graph writes it. */
export function attributeValue(binding: Binding, { name, type, value }: Attribute): AttributeValue {
  const key = new Map([
    [binding.TF_ATTR_STRING, 's'], [binding.TF_ATTR_INT, 'i'], [binding.TF_ATTR_FLOAT, 'f'],
    [binding.TF_ATTR_BOOL, 'b'], [binding.TF_ATTR_TYPE, 'type'], [binding.TF_ATTR_SHAPE, 'shape'],
  ]).get(type);
  if (!key) throw new Error(`attribute "${name}" has a type that a graph cannot hold (${type})`);
  const plain = (one: unknown): unknown => key === 's' ? bytes(String(one)) : key === 'b' ? Boolean(one) : one;
  if (key === 'shape') return shapeValue(value as number[]);
  return Array.isArray(value) ? { list: { [key]: value.map(plain) } } : { [key]: plain(value) };
}

/** saved_model.pb holding these nodes. */
export function encodeSavedModel(nodes: readonly GraphNode[]): Uint8Array {
  const graph = { node: nodes, versions: { producer: PRODUCER } };
  const type = schema.lookupType('SavedModel');
  return type.encode(type.create({ version: 1, metaGraphs: [{ info: { tags: [TAG] }, graph }] })).finish();
}
