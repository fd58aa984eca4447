// Points and lines by WebGL 2. Our own, after measuring: without a GPU, and at 100,000 points, the libraries drew two fifths to a
// tenth as many frames a second (deck.gl's rectangles of four corners a point; regl-scatterplot's textures), and regl makes
// its code at run time, which the page's content-security policy forbids.
import { REACH_GLSL } from './shapes.ts';
import type { Camera } from './state.ts';

export interface Points {
  /** [points, 2]; the camera shows -1 to 1 at zoom 1. */
  readonly positions: Float32Array;
  /** [points, 4] */
  readonly rgba: Uint8Array;
  /** Pixels across. [points] */
  readonly sizes: Float32Array;
  /** Discs without. [points] */
  readonly shapes?: Uint8Array;
  /** In the order in which they are painted. */
  readonly order: Uint32Array;
}

export interface Renderer {
  setPoints(points: Points): void;
  /** Pairs of ends, [lines, 4]. */
  setLines(ends: Float32Array, rgba: readonly [number, number, number, number]): void;
  /** @param share 0: the positions before, 1: the present ones @param most points drawn, of the last in their order */
  draw(camera: Camera, share?: number, most?: number): void;
  /** Sets the drawing's size to the element's. */
  resize(): void;
  readonly isSoftware: boolean;
}

const POINT_VERTEX = `#version 300 es
in vec2 before; in vec2 after; in vec4 colour; in float size; in float shape;
uniform vec4 view; uniform float share; uniform float ratio;
out vec4 fill; out float edge; flat out int kind;
void main() {
  gl_Position = vec4(mix(before, after, share) * view.xy + view.zw, 0.0, 1.0);
  gl_PointSize = size * ratio; fill = colour; kind = int(255.0 * shape + 0.5); edge = 2.0 / max(2.0, size * ratio);
}`;
const POINT_FRAGMENT = `#version 300 es
precision mediump float;
in vec4 fill; in float edge; flat in int kind; out vec4 result;
uniform bool isShaped;${REACH_GLSL}
void main() {
  vec2 p = gl_PointCoord * 2.0 - 1.0;
  float r = isShaped ? reach(p, kind) : length(p);
  if (r > 1.0) discard;
  float alpha = fill.a * clamp((1.0 - r) / edge, 0.0, 1.0);
  result = vec4(fill.rgb * alpha, alpha);
}`;
const LINE_VERTEX = '#version 300 es\nin vec2 after; uniform vec4 view; void main() { gl_Position = vec4(after * view.xy + view.zw, 0.0, 1.0); }';
const LINE_FRAGMENT = '#version 300 es\nprecision mediump float; uniform vec4 colour; out vec4 result; void main() { result = vec4(colour.rgb * colour.a, colour.a); }';

/** Pixels of a device pixel ratio beyond which points only get slower. */
const MOST_RATIO = 2;

/** Undefined where the browser has no WebGL 2. */
export function createRenderer(canvas: HTMLCanvasElement): Renderer | undefined {
  const gl = canvas.getContext('webgl2', { antialias: false, premultipliedAlpha: true });
  if (!gl) return undefined;
  const isSoftware = /swiftshader|llvmpipe|software|basic render/i.test(String(gl.getParameter((gl.getExtension('WEBGL_debug_renderer_info') ?? { UNMASKED_RENDERER_WEBGL: gl.RENDERER }).UNMASKED_RENDERER_WEBGL)));
  const points = pointProgram(gl), lines = lineProgram(gl);
  let ratio = 1;
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  return {
    isSoftware,
    setPoints: points.set, setLines: lines.set,
    resize() {
      ratio = isSoftware ? 1 : Math.min(MOST_RATIO, devicePixelRatio);
      canvas.width = Math.max(1, Math.round(canvas.clientWidth * ratio));
      canvas.height = Math.max(1, Math.round(canvas.clientHeight * ratio));
    },
    draw(camera, share = 1, most = Infinity) {
      const { width, height } = canvas, scale = fit(width, height) * camera.zoom;
      const view = [(2 * scale) / width, (2 * scale) / height, (-2 * scale * camera.x) / width, (-2 * scale * camera.y) / height] as const;
      gl.viewport(0, 0, width, height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      lines.draw(view);
      points.draw(view, share, ratio, most);
    },
  };
}

/** Pixels of one unit at zoom 1: the map from -1 to 1 with a margin. */
export const fit = (width: number, height: number): number => 0.46 * Math.min(width, height);

function compile(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(`WebGL: ${gl.getProgramInfoLog(program) ?? 'the program does not link'}`);
  return program;
}

function attribute(gl: WebGL2RenderingContext, program: WebGLProgram, name: string, size: number, type: number): (data: ArrayBufferView<ArrayBuffer>) => void {
  const buffer = gl.createBuffer(), place = gl.getAttribLocation(program, name);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, size, type, type === gl.UNSIGNED_BYTE, 0, 0);
  return (data) => { gl.bindBuffer(gl.ARRAY_BUFFER, buffer); gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW); };
}

type View = readonly [number, number, number, number];

function pointProgram(gl: WebGL2RenderingContext): { set: Renderer['setPoints']; draw: (view: View, share: number, ratio: number, most: number) => void } {
  const program = compile(gl, POINT_VERTEX, POINT_FRAGMENT), layout = gl.createVertexArray();
  gl.bindVertexArray(layout);
  const [before, after] = [attribute(gl, program, 'before', 2, gl.FLOAT), attribute(gl, program, 'after', 2, gl.FLOAT)];
  const [colour, size] = [attribute(gl, program, 'colour', 4, gl.UNSIGNED_BYTE), attribute(gl, program, 'size', 1, gl.FLOAT)], shape = attribute(gl, program, 'shape', 1, gl.UNSIGNED_BYTE);
  const index = gl.createBuffer();
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, index);
  const at = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name);
  const [viewAt, shareAt, ratioAt] = [at('view'), at('share'), at('ratio')], shapedAt = at('isShaped');
  let count = 0, isShaped = false, last: Float32Array | undefined;
  return {
    set({ positions, rgba, sizes, shapes, order }) {
      gl.bindVertexArray(layout);
      if (positions !== last) { before((last ?? positions) as Float32Array<ArrayBuffer>); after(positions as Float32Array<ArrayBuffer>); }
      last = positions;
      colour(rgba as Uint8Array<ArrayBuffer>);
      size(sizes as Float32Array<ArrayBuffer>);
      isShaped = shapes !== undefined;
      shape((shapes ?? new Uint8Array(sizes.length)) as Uint8Array<ArrayBuffer>);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, order as Uint32Array<ArrayBuffer>, gl.DYNAMIC_DRAW);
      count = order.length;
    },
    draw(view, share, ratio, most) {
      gl.useProgram(program);
      gl.bindVertexArray(layout);
      gl.uniform4f(viewAt, ...view);
      gl.uniform1f(shareAt, share);
      gl.uniform1f(ratioAt, ratio);
      gl.uniform1i(shapedAt, Number(isShaped));
      const drawn = Math.min(count, most);
      gl.drawElements(gl.POINTS, drawn, gl.UNSIGNED_INT, 4 * (count - drawn));
    },
  };
}

function lineProgram(gl: WebGL2RenderingContext): { set: Renderer['setLines']; draw: (view: View) => void } {
  const program = compile(gl, LINE_VERTEX, LINE_FRAGMENT), layout = gl.createVertexArray();
  gl.bindVertexArray(layout);
  const ends = attribute(gl, program, 'after', 2, gl.FLOAT), viewAt = gl.getUniformLocation(program, 'view'), colourAt = gl.getUniformLocation(program, 'colour');
  let count = 0, rgba: readonly [number, number, number, number] = [0, 0, 0, 1];
  return {
    set(data, colour) { gl.bindVertexArray(layout); ends(data as Float32Array<ArrayBuffer>); count = data.length / 2; rgba = colour; },
    draw(view) {
      if (count === 0) return;
      gl.useProgram(program);
      gl.bindVertexArray(layout);
      gl.uniform4f(viewAt, ...view);
      gl.uniform4f(colourAt, ...rgba);
      gl.drawArrays(gl.LINES, 0, count);
    },
  };
}
