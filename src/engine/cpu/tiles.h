// Maps cut into tiles of 4x4 outputs, and their way into the domain of Winograd's products and out of it.
#pragma once
#include <algorithm>
#include "convolution.h"
#include "winograd.h"

/** A map cut into tiles of 4x4 outputs; tiles at the lower and right edge may hang over. */
struct Tiling {
  int height, width, down, across, count;
  Tiling(const Maps& m) : height(m.height), width(m.width), down((m.height + TILE - 1) / TILE), across((m.width + TILE - 1) / TILE), count(m.images * down * across) {}
  int image(int tile) const { return tile / (down * across); }
  int top(int tile) const { return tile / across % down * TILE; }
  int left(int tile) const { return tile % across * TILE; }
};

/** Addresses of N x N places from (top, left) on, those outside the map pointing to zeros. */
template <int N, class T>
void locate(const Tiling& tiling, const T* map, int channels, int top, int left, const T* zeros, const T* places[N][N]) {
  for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) {
    const int row = top + i, column = left + j;
    const bool inside = row >= 0 && row < tiling.height && column >= 0 && column < tiling.width;
    places[i][j] = inside ? map + (long(row) * tiling.width + column) * channels : zeros;
  }
}

/** The places of a tile: its outputs (N = 4), or the inputs that they depend on, one more on every side (N = 6). */
template <int N, class T>
void locateTile(const Tiling& tiling, const T* maps, int channels, int tile, const T* zeros, const T* places[N][N]) {
  constexpr int margin = (N - TILE) / 2;
  const T* map = maps + long(tiling.image(tile)) * tiling.height * tiling.width * channels;
  locate<N>(tiling, map, channels, tiling.top(tile) - margin, tiling.left(tile) - margin, zeros, places);
}

/** N x N places of one tile into the domain of products: `to` [36][channels], `point` numbers from one of the 36 to the next. */
template <int N, class T, class E, class Transform>
void transformTile(Transform transform, const T* const places[N][N], int channels, E* to, long point) {
  for (int c = 0; c < channels; c += LANES) {
    alongBoth<N, PATCH>(transform, [&](auto i, auto j) INLINE { return load(places[i][j] + c); }, [&](auto i, auto j, Lanes x) INLINE { store(to + (i * PATCH + j) * point + c, x); });
  }
}

/** E is float, or BFloat16 where the products are to be done in it. */
template <class T, class E, class Transform>
void transformInputs(Transform transform, const Tiling& tiling, const T* x, int channels, int first, int count, const T* zeros, E* to, long point) {
  for (int t = 0; t < count; t++) {
    const T* places[PATCH][PATCH];
    locateTile<PATCH>(tiling, x, channels, first + t, zeros, places);
    transformTile<PATCH>(transform, places, channels, to + long(t) * channels, point);
  }
}

/** Tiles for the filter's gradient, of inputs (N = 6) or of the output's gradient (N = 4): `to` [36][count][channels]. */
template <int N, class T, class Transform>
void transformTiles(Transform transform, const Tiling& tiling, const T* maps, int channels, int first, int count, const T* zeros, float* to, long point) {
  for (int t = 0; t < count; t++) {
    const T* places[N][N];
    locateTile<N>(tiling, maps, channels, first + t, zeros, places);
    transformTile<N>(transform, places, channels, to + long(t) * channels, point);
  }
}

/** As transformTiles, two tiles to a row in pairs of bfloat16: [36][count / 2 rounded up][channels]. `last`: tiles from there on are zeros. */
template <int N, class T, class Transform>
void transformTilePairs(Transform transform, const Tiling& tiling, const T* maps, int channels, int firstTile, int last, int pairs, const T* zeros, float* to, long point) {
  for (int pair = 0; pair < pairs; pair++) {
    const T* places[2][N][N];
    for (int which = 0; which < 2; which++) {
      const int tile = firstTile + 2 * pair + which;
      if (tile < last) locateTile<N>(tiling, maps, channels, tile, zeros, places[which]);
      else for (auto& row : places[which]) std::fill(row, row + N, zeros);
    }
    for (int c = 0; c < channels; c += LANES) {
      pairsAlongBoth<N, PATCH>(transform, [&](int which, auto i, auto j) INLINE { return load(places[which][i][j] + c); }, [&](auto i, auto j, Lanes x) INLINE {
        store(to + (i * PATCH + j) * point + long(pair) * channels + c, x);
      });
    }
  }
}

template <class T, class Transform>
void transformOutputs(Transform transform, const Tiling& tiling, const float* products, int channels, int first, int count, Finish<T> finish, T* y, long point) {
  for (int t = 0; t < count; t++) {
    const int tile = first + t, top = tiling.top(tile), left = tiling.left(tile);
    const int rows = std::min(TILE, tiling.height - top), columns = std::min(TILE, tiling.width - left);
    const long corner = ((long(tiling.image(tile)) * tiling.height + top) * tiling.width + left) * channels;
    for (int c = 0; c < channels; c += LANES) {
      const Lanes bias = finish.biasAt(c);
      alongBoth<PATCH, TILE>(transform, [&](auto i, auto j) INLINE { return load(products + (i * PATCH + j) * point + long(t) * channels + c); }, [&](auto i, auto j, Lanes x) INLINE {
        const long at = corner + (long(i) * tiling.width + j) * channels + c;
        if (i < rows && j < columns) store(y + at, finish(x, bias, at));
      });
    }
  }
}
