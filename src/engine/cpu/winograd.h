// Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray 2016): 36 products for 16 outputs of a 3x3 convolution instead
// of 144. Interpolation points 0, a, -a, b, -b, infinity; the transforms are float32 throughout.
#pragma once
#include "simd.h"

constexpr int TILE = 4, PATCH = 6, POINTS = PATCH * PATCH;

/** Points whose constants are small integers and their inverses: for products in float32. */
struct Integers { static constexpr float a = 1, b = 2; };

/** Closer points, which amplify the rounding of what is multiplied half as much: for products in bfloat16. */
struct Close { static constexpr float a = 0.75f, b = 1.5f; };

/** The transforms along one axis for the points P. */
template <class P>
struct Transforms {
  static constexpr float a = P::a, b = P::b, aa = a * a, bb = b * b;
  static constexpr float near = 1 / (2 * aa * (aa - bb)), far = 1 / (2 * bb * (bb - aa)), origin = 1 / (aa * bb);

  /** B^T d: a patch of the input into the domain of products. */
  static constexpr auto intoInput = [](const Lanes d[6], Lanes t[6]) __attribute__((always_inline)) {
    const Lanes evenA = d[4] - bb * d[2], oddA = a * (d[3] - bb * d[1]), evenB = d[4] - aa * d[2], oddB = b * (d[3] - aa * d[1]);
    t[0] = aa * bb * d[0] - (aa + bb) * d[2] + d[4];
    t[1] = evenA + oddA;
    t[2] = evenA - oddA;
    t[3] = evenB + oddB;
    t[4] = evenB - oddB;
    t[5] = aa * bb * d[1] - (aa + bb) * d[3] + d[5];
  };

  /** A^T m: from the domain of products to 4 outputs. */
  static constexpr auto outOfProduct = [](const Lanes m[6], Lanes y[4]) __attribute__((always_inline)) {
    const Lanes s = m[1] + m[2], d = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];
    y[0] = m[0] + s + s2;
    y[1] = a * d + b * d2;
    y[2] = aa * s + bb * s2;
    y[3] = aa * a * d + bb * b * d2 + m[5];
  };

  /** A y: a tile of the output's gradient into the domain of products. */
  static constexpr auto intoOutput = [](const Lanes y[4], Lanes t[6]) __attribute__((always_inline)) {
    const Lanes evenA = y[0] + aa * y[2], oddA = a * y[1] + aa * a * y[3], evenB = y[0] + bb * y[2], oddB = b * y[1] + bb * b * y[3];
    t[0] = y[0];
    t[1] = evenA + oddA;
    t[2] = evenA - oddA;
    t[3] = evenB + oddB;
    t[4] = evenB - oddB;
    t[5] = y[3];
  };

  /** G w: a filter into the domain of products. */
  static constexpr auto intoFilter = [](const Lanes w[3], Lanes t[6]) __attribute__((always_inline)) {
    const Lanes evenA = (w[0] + aa * w[2]) * near, oddA = w[1] * (near * a);
    const Lanes evenB = w[0] * far + w[2] * (far * bb), oddB = w[1] * (far * b);
    t[0] = w[0] * origin;
    t[1] = evenA + oddA;
    t[2] = evenA - oddA;
    t[3] = evenB + oddB;
    t[4] = evenB - oddB;
    t[5] = w[2];
  };

  /** G^T u: the gradient of a filter from the domain of products. */
  static constexpr auto outOfFilter = [](const Lanes u[6], Lanes w[3]) __attribute__((always_inline)) {
    const Lanes sumA = (u[1] + u[2]) * -near, sumB = u[3] + u[4];
    w[0] = u[0] * origin - sumA + sumB * far;
    w[1] = (u[2] - u[1]) * (-near * a) + (u[3] - u[4]) * (far * b);
    w[2] = sumB * (far * bb) - sumA * aa + u[5];
  };
};

/** Applies a transform of N numbers to M along both axes: from(i, j) [N][N], to(i, j, x) [M][M]. */
template <int N, int M, class Transform, class From, class To>
INLINE inline void alongBoth(Transform transform, From from, To to) {
  Lanes half[N][M];
  times<N>([&](auto i) INLINE {
    Lanes line[N];
    times<N>([&](auto j) INLINE { line[j] = from(i, j); });
    transform(line, half[i]);
  });
  times<M>([&](auto j) INLINE {
    Lanes column[N], result[M];
    times<N>([&](auto i) INLINE { column[i] = half[i][j]; });
    transform(column, result);
    times<M>([&](auto i) INLINE { to(i, j, result[i]); });
  });
}

/** As alongBoth, of two at once, which become pairs of bfloat16: from(0 or 1, i, j) [N][N]. */
template <int N, int M, class Transform, class From, class To>
INLINE inline void pairsAlongBoth(Transform transform, From from, To to) {
  Lanes first[M][M];
  alongBoth<N, M>(transform, [&](auto i, auto j) INLINE { return from(0, i, j); }, [&](auto i, auto j, Lanes x) INLINE { first[i][j] = x; });
  alongBoth<N, M>(transform, [&](auto i, auto j) INLINE { return from(1, i, j); }, [&](auto i, auto j, Lanes x) INLINE { to(i, j, paired(first[i][j], x)); });
}
