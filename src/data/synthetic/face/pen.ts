// Draws in face coordinates: a point of the face is turned with the head, projected, and written as SVG.
//
// Face coordinates: 224-unit drawing, origin between the eyes' lower edge and the nose, x to the picture's right, y down; the surface is
// an ellipsoid of half-axes 68, 96, 64 (so the third coordinate follows from the first two) and `lift` raises a point above it.
// No clip paths and no group opacity: each costs a layer of the whole picture; what must stay inside an outline is cut by arithmetic.

import type { Identity } from '../identity.ts';
import { clamp } from '../numbers.ts';
import type { Pose } from '../scene.ts';
import type { Glow } from './palette.ts';

/** On the drawing. */
export type Point = readonly [x: number, y: number];
/** On the face; lift 0 when left out. */
export type FacePoint = readonly [x: number, y: number, lift?: number];

const CAMERA_DISTANCE = 420;
const DEGREES = 57.29577951308232;

/** The SVG is written in whole tenths of a unit (a twentieth of a pixel at 112): whole numbers print several times as fast as fractions. */
export const GRID = 10;
export const grid = (x: number): number => Math.round(x * GRID);
/** Below this opacity a line or spot is not worth its time. */
const FAINTEST = 0.04;
const hundredth = (x: number): number => Math.round(x * 100) / 100;

export class Pen {
  readonly width: number;
  readonly height: number;
  readonly #pose: Pose;
  readonly #parts: string[] = [];
  readonly #turn: { readonly cosYaw: number; readonly sinYaw: number; readonly cosPitch: number; readonly sinPitch: number; readonly cosRoll: number; readonly sinRoll: number };

  constructor({ headWidth, headHeight }: Identity, pose: Pose) {
    this.width = 68 * headWidth;
    this.height = 96 * headHeight;
    this.#pose = pose;
    this.#turn = {
      cosYaw: Math.cos(pose.yaw), sinYaw: Math.sin(pose.yaw), cosPitch: Math.cos(pose.pitch),
      sinPitch: Math.sin(pose.pitch), cosRoll: Math.cos(pose.roll), sinRoll: Math.sin(pose.roll),
    };
  }

  get scale(): number { return this.#pose.scale; }

  /** A point at an explicit depth: 64 is the tip of the forehead, 0 the ears' plane, negative behind. */
  atDepth(x: number, y: number, depth: number): Point {
    const { cosYaw, sinYaw, cosPitch, sinPitch, cosRoll, sinRoll } = this.#turn;
    const across = x * cosYaw + depth * sinYaw;
    const behind = depth * cosYaw - x * sinYaw;
    const down = y * cosPitch - behind * sinPitch;
    const near = y * sinPitch + behind * cosPitch;
    const k = this.#pose.scale * CAMERA_DISTANCE / (CAMERA_DISTANCE - near + 40);
    const [u, v] = [across * k, down * k];
    return [112 + this.#pose.x + u * cosRoll - v * sinRoll, 117 + this.#pose.y + u * sinRoll + v * cosRoll];
  }

  /** A point of the face's surface. */
  at(x: number, y: number, lift = 0): Point {
    const [u, v] = [x / (this.width * 1.08), y / (this.height * 1.12)];
    return this.atDepth(x, y, 64 * Math.sqrt(Math.max(0, 1 - u * u - v * v)) + lift);
  }

  project(points: readonly FacePoint[], lift = 0): Point[] { return points.map((p) => this.at(p[0], p[1], p[2] ?? lift)); }

  plane(points: readonly Point[], depth: number): Point[] { return points.map((p) => this.atDepth(p[0], p[1], depth)); }

  /** Raw SVG. */
  put(svg: string): void { this.#parts.push(svg); }

  /** A closed outline smoothed by Catmull-Rom. */
  shape(points: readonly Point[], fill: string, opacity = 1): void {
    this.put(`<path d="${smooth(points, true)}" fill="${fill}"${opacity < 1 ? ` fill-opacity="${hundredth(opacity)}"` : ''}/>`);
  }

  /** A closed outline that is finely sampled already. */
  polygon(points: readonly Point[], fill: string, opacity = 1): void {
    this.put(`<path d="M${points.map((p) => `${grid(p[0])} ${grid(p[1])}`).join('L')}Z" fill="${fill}"${opacity < 1 ? ` fill-opacity="${hundredth(opacity)}"` : ''}/>`);
  }

  /** An open smooth line; width in face units. */
  line(points: readonly Point[], colour: string, width: number, opacity = 1): void {
    if (opacity < FAINTEST) return;
    this.put(`<path d="${smooth(points, false)}" fill="none" stroke="${colour}" stroke-width="${grid(width * this.scale)}" stroke-linecap="round"`
      + `${opacity < 1 ? ` stroke-opacity="${hundredth(opacity)}"` : ''}/>`);
  }

  disc(centre: Point, rx: number, ry: number, fill: string, opacity = 1): void {
    this.put(`<ellipse cx="${grid(centre[0])}" cy="${grid(centre[1])}" rx="${grid(rx * this.scale)}" ry="${grid(ry * this.scale)}" fill="${fill}"${opacity < 1 ? ` fill-opacity="${hundredth(opacity)}"` : ''}/>`);
  }

  /**
   * A soft spot of light or shadow on the surface, foreshortened with it. Fill opacity, not group opacity, and no anti-aliasing of an edge
   * that is transparent anyway: both far cheaper.
   */
  glow(x: number, y: number, rx: number, ry: number, gradient: Glow, opacity: number, lift = 0): void {
    if (opacity < FAINTEST) return;
    const c = this.at(x, y, lift);
    const e = this.at(x + 4, y, lift);
    const foreshortening = Math.max(0.3, Math.hypot(e[0] - c[0], e[1] - c[1]) / 4);
    const turn = Math.abs(this.#pose.roll) < 0.01 ? '' : ` transform="rotate(${hundredth(this.#pose.roll * DEGREES)} ${grid(c[0])} ${grid(c[1])})"`;
    this.put(`<ellipse shape-rendering="crispEdges" cx="${grid(c[0])}" cy="${grid(c[1])}" rx="${grid(rx * foreshortening)}" ry="${grid(ry * this.scale)}" fill="url(#${gradient})" fill-opacity="${hundredth(clamp(opacity))}"${turn}/>`);
  }

  /** The drawing so far. */
  svg(): string { return this.#parts.join(''); }
}

/** Catmull-Rom through the points as an SVG path of cubic Beziers. */
export function smooth(p: readonly Point[], closed: boolean): string {
  const n = p.length;
  const get = (i: number): Point => p[closed ? (i + n) % n : clamp(i, 0, n - 1)]!;
  let path = `M${grid(p[0]![0])} ${grid(p[0]![1])}`;
  for (let i = 0; i < (closed ? n : n - 1); i++) {
    const [a, b, c, d] = [get(i - 1), get(i), get(i + 1), get(i + 2)];
    path += `C${grid(b[0] + (c[0] - a[0]) / 6)} ${grid(b[1] + (c[1] - a[1]) / 6)} `
      + `${grid(c[0] - (d[0] - b[0]) / 6)} ${grid(c[1] - (d[1] - b[1]) / 6)} ${grid(c[0])} ${grid(c[1])}`;
  }
  return closed ? `${path}Z` : path;
}

/** Catmull-Rom through the points, sampled with `steps` points for each span: for outlines that must be cut against each other. */
export function sample(p: readonly Point[], steps: number): Point[] {
  const get = (i: number): Point => p[clamp(i, 0, p.length - 1)]!;
  const out: Point[] = [];
  for (let i = 0; i < p.length - 1; i++) {
    const [a, b, c, d] = [get(i - 1), get(i), get(i + 1), get(i + 2)];
    for (let s = 0; s < steps; s++) {
      const t = s / steps;
      const spline = (k: 0 | 1): number => b[k] + t * ((c[k] - a[k]) / 2 + t * (a[k] - 2.5 * b[k] + 2 * c[k] - d[k] / 2 + t * (1.5 * (b[k] - c[k]) + (d[k] - a[k]) / 2)));
      out.push([spline(0), spline(1)]);
    }
  }
  out.push(p.at(-1)!);
  return out;
}

/** Height of a sampled line (sorted by ascending x) at x, flat beyond its ends. */
export function heightAt(line: readonly Point[], x: number): number {
  if (x <= line[0]![0]) return line[0]![1];
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!];
    if (x <= b[0]) return a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0] || 1);
  }
  return line.at(-1)![1];
}
