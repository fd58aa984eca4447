// Points and lines, drawn by three.js. Measured against libraries made for scatter plots: without a GPU, and at 100,000 points,
// they drew two fifths to a tenth as many frames a second (deck.gl's rectangles of four corners a point; regl-scatterplot's
// textures), and regl makes its code at run time, which the page's content-security policy forbids.
import { BufferAttribute, BufferGeometry, GLSL3, LineBasicMaterial, LineSegments, OrthographicCamera, Points as PointCloud, RawShaderMaterial, Scene, SRGBColorSpace, WebGLRenderer } from 'three';
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

const VERTEX = `
in vec2 before; in vec2 position; in vec4 colour; in float size; in float shape;
uniform mat4 projectionMatrix; uniform mat4 modelViewMatrix; uniform float share; uniform float ratio;
out vec4 fill; out float edge; flat out int kind;
void main() {
  gl_Position = projectionMatrix * modelViewMatrix * vec4(mix(before, position, share), 0.0, 1.0);
  gl_PointSize = size * ratio; fill = colour; kind = int(shape + 0.5); edge = 2.0 / max(2.0, size * ratio);
}`;
const FRAGMENT = `
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

/** Pixels of a device pixel ratio beyond which points only get slower. */
const MOST_RATIO = 2;

/** Painted over each other in their order, on the page behind the canvas. */
const BLENDED = { transparent: true, premultipliedAlpha: true, depthTest: false, depthWrite: false } as const;

/** Undefined where the browser has no WebGL 2. What it draws comes back by itself when a lost context does. */
export function createRenderer(canvas: HTMLCanvasElement): Renderer | undefined {
  const context = canvas.getContext('webgl2', { antialias: false, depth: false, premultipliedAlpha: true });
  if (!context) return undefined;
  const renderer = new WebGLRenderer({ canvas, context }), scene = new Scene(), eye = new OrthographicCamera();
  const isSoftware = isDrawnBySoftware(context), points = createPoints(), lines = createLines();
  renderer.setClearColor(0, 0);
  renderer.sortObjects = false; // lines lie under points, as added
  scene.add(lines.object, points.object);
  return {
    isSoftware,
    setPoints: points.set, setLines: lines.set,
    resize() {
      renderer.setPixelRatio(isSoftware ? 1 : Math.min(MOST_RATIO, devicePixelRatio));
      renderer.setSize(Math.max(1, canvas.clientWidth), Math.max(1, canvas.clientHeight), false);
    },
    draw(camera, share = 1, most = Infinity) {
      aim(eye, camera, canvas);
      points.show(share, renderer.getPixelRatio(), most);
      renderer.render(scene, eye);
    },
  };
}

const isDrawnBySoftware = (gl: WebGL2RenderingContext): boolean =>
  /swiftshader|llvmpipe|software|basic render/i.test(String(gl.getParameter((gl.getExtension('WEBGL_debug_renderer_info') ?? { UNMASKED_RENDERER_WEBGL: gl.RENDERER }).UNMASKED_RENDERER_WEBGL)));

/** Pixels of one unit at zoom 1: the map from -1 to 1 with a margin. */
export const fit = (width: number, height: number): number => 0.46 * Math.min(width, height);

function aim(eye: OrthographicCamera, { x, y, zoom }: Camera, { width, height }: HTMLCanvasElement): void {
  const unit = 2 * fit(width, height) * zoom;
  Object.assign(eye, { left: x - width / unit, right: x + width / unit, top: y + height / unit, bottom: y - height / unit, near: -1, far: 1 });
  eye.updateProjectionMatrix();
}

/** Replaces an attribute's numbers; another count of them asks for another buffer, and the old ones are given back. */
function put(geometry: BufferGeometry, name: string, data: Float32Array | Uint8Array, width: number, isNormalised = false): void {
  const there = geometry.getAttribute(name) as BufferAttribute | undefined;
  if (there?.array.length === data.length) { there.copyArray(data); there.needsUpdate = true; return; }
  if (there) geometry.dispose();
  geometry.setAttribute(name, new BufferAttribute(data.slice(), width, isNormalised));
}

function createPoints(): { readonly object: PointCloud; readonly set: Renderer['setPoints']; readonly show: (share: number, ratio: number, most: number) => void } {
  const geometry = new BufferGeometry(), uniforms = { share: { value: 1 }, ratio: { value: 1 }, isShaped: { value: false } };
  const object = new PointCloud(geometry, new RawShaderMaterial({ ...BLENDED, glslVersion: GLSL3, vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms }));
  object.frustumCulled = false;
  let last: Float32Array | undefined, count = 0;
  return {
    object,
    set({ positions, rgba, sizes, shapes, order }) {
      if (positions !== last) { put(geometry, 'before', last ?? positions, 2); put(geometry, 'position', positions, 2); }
      last = positions;
      put(geometry, 'colour', rgba, 4, true);
      put(geometry, 'size', sizes, 1);
      put(geometry, 'shape', shapes ?? new Uint8Array(sizes.length), 1);
      uniforms.isShaped.value = shapes !== undefined;
      if (geometry.index?.count === order.length) { geometry.index.copyArray(order); geometry.index.needsUpdate = true; } else geometry.setIndex(new BufferAttribute(order, 1));
      count = order.length;
    },
    show(share, ratio, most) {
      uniforms.share.value = share;
      uniforms.ratio.value = ratio;
      const drawn = Math.min(count, most);
      geometry.setDrawRange(count - drawn, drawn);
    },
  };
}

function createLines(): { readonly object: LineSegments; readonly set: Renderer['setLines'] } {
  const geometry = new BufferGeometry(), material = new LineBasicMaterial(BLENDED), object = new LineSegments(geometry, material);
  object.frustumCulled = false;
  object.visible = false;
  return {
    object,
    set(ends, [red, green, blue, alpha]) {
      object.visible = ends.length > 0;
      if (object.visible) put(geometry, 'position', ends, 2);
      material.color.setRGB(red, green, blue, SRGBColorSpace);
      material.opacity = alpha;
    },
  };
}
