// Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray 2016): 36 products for 16 outputs of a 3x3 convolution instead
// of 144. Interpolation points 0, 1, -1, 2, -2, infinity; float32 throughout.
#pragma once
#include "simd.h"

constexpr int TILE = 4, PATCH = 6, POINTS = PATCH * PATCH;

/** B^T d: a patch of the input into the domain of products. */
constexpr auto intoInput = [](const Lanes d[6], Lanes t[6]) __attribute__((always_inline)) {
  const Lanes a = d[4] - 4.0f * d[2], b = d[3] - 4.0f * d[1], c = d[4] - d[2], e = 2.0f * (d[3] - d[1]);
  t[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
  t[1] = a + b;
  t[2] = a - b;
  t[3] = c + e;
  t[4] = c - e;
  t[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
};

/** A^T m: from the domain of products to 4 outputs. */
constexpr auto outOfProduct = [](const Lanes m[6], Lanes y[4]) __attribute__((always_inline)) {
  const Lanes s = m[1] + m[2], d = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];
  y[0] = m[0] + s + s2;
  y[1] = d + 2.0f * d2;
  y[2] = s + 4.0f * s2;
  y[3] = d + 8.0f * d2 + m[5];
};

/** A y: a tile of the output's gradient into the domain of products. */
constexpr auto intoOutput = [](const Lanes y[4], Lanes t[6]) __attribute__((always_inline)) {
  const Lanes even = y[0] + y[2], odd = y[1] + y[3], even4 = y[0] + 4.0f * y[2], odd2 = 2.0f * y[1] + 8.0f * y[3];
  t[0] = y[0];
  t[1] = even + odd;
  t[2] = even - odd;
  t[3] = even4 + odd2;
  t[4] = even4 - odd2;
  t[5] = y[3];
};

/** G w: a filter into the domain of products. */
constexpr auto intoFilter = [](const Lanes w[3], Lanes t[6]) __attribute__((always_inline)) {
  const Lanes outer = (w[0] + w[2]) * (-1.0f / 6), inner = w[1] * (1.0f / 6);
  const Lanes far = w[0] * (1.0f / 24) + w[2] * (1.0f / 6), middle = w[1] * (1.0f / 12);
  t[0] = w[0] * 0.25f;
  t[1] = outer - inner;
  t[2] = outer + inner;
  t[3] = far + middle;
  t[4] = far - middle;
  t[5] = w[2];
};

/** G^T u: the gradient of a filter from the domain of products. */
constexpr auto outOfFilter = [](const Lanes u[6], Lanes w[3]) __attribute__((always_inline)) {
  const Lanes near = (u[1] + u[2]) * (1.0f / 6), far = u[3] + u[4];
  w[0] = u[0] * 0.25f - near + far * (1.0f / 24);
  w[1] = (u[2] - u[1]) * (1.0f / 6) + (u[3] - u[4]) * (1.0f / 12);
  w[2] = far * (1.0f / 6) - near + u[5];
};

/** Applies a transform of N numbers to M along both axes: [N][N] -> [M][M]. */
template <int N, int M, class Transform>
inline __attribute__((always_inline)) void alongBoth(Transform transform, const Lanes from[N][N], Lanes to[M][M]) {
  Lanes half[N][M];
  for (int i = 0; i < N; i++) transform(from[i], half[i]);
  for (int j = 0; j < M; j++) {
    Lanes column[N], result[M];
    for (int i = 0; i < N; i++) column[i] = half[i][j];
    transform(column, result);
    for (int i = 0; i < M; i++) to[i][j] = result[i];
  }
}
