#include "convolution.h"
#include <algorithm>
#include <vector>
#include "gemm.h"
#include "threads.h"
#include "winograd.h"

namespace {

constexpr int WIDE = 2 * LANES;

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

/** N x N places of one tile into the domain of products: `to` [36][channels], `point` floats from one of the 36 to the next. */
template <int N, class T, class Transform>
void transformTile(Transform transform, const T* const places[N][N], int channels, float* to, long point) {
  for (int c = 0; c < channels; c += LANES) {
    Lanes from[N][N], result[PATCH][PATCH];
    for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) from[i][j] = load(places[i][j] + c);
    alongBoth<N, PATCH>(transform, from, result);
    for (int p = 0; p < POINTS; p++) store(to + p * point + c, result[p / PATCH][p % PATCH]);
  }
}

template <class T>
void transformInputs(const Tiling& tiling, const T* x, int channels, int first, int count, const T* zeros, float* to, long point) {
  for (int t = 0; t < count; t++) {
    const int tile = first + t;
    const T* places[PATCH][PATCH];
    locate<PATCH>(tiling, x + long(tiling.image(tile)) * tiling.height * tiling.width * channels, channels, tiling.top(tile) - 1, tiling.left(tile) - 1, zeros, places);
    transformTile<PATCH>(intoInput, places, channels, to + long(t) * channels, point);
  }
}

template <class T>
void transformGradients(const Tiling& tiling, const T* dy, int channels, int first, int count, const T* zeros, float* to, long point) {
  for (int t = 0; t < count; t++) {
    const int tile = first + t;
    const T* places[TILE][TILE];
    locate<TILE>(tiling, dy + long(tiling.image(tile)) * tiling.height * tiling.width * channels, channels, tiling.top(tile), tiling.left(tile), zeros, places);
    transformTile<TILE>(intoOutput, places, channels, to + long(t) * channels, point);
  }
}

/** What is done to an output on its way to memory. */
struct Finish {
  const float* bias = nullptr;
  bool relu = false;
  Lanes operator()(Lanes y, Lanes add) const {
    const Lanes sum = y + add;
    if (!relu) return sum;
    return sum < Lanes{} ? Lanes{} : sum; // a NaN stays one
  }
};

template <class T>
void transformOutputs(const Tiling& tiling, const float* products, int channels, int first, int count, Finish finish, T* y, long point) {
  for (int t = 0; t < count; t++) {
    const int tile = first + t, top = tiling.top(tile), left = tiling.left(tile);
    const int rows = std::min(TILE, tiling.height - top), columns = std::min(TILE, tiling.width - left);
    T* corner = y + ((long(tiling.image(tile)) * tiling.height + top) * tiling.width + left) * channels;
    for (int c = 0; c < channels; c += LANES) {
      Lanes from[PATCH][PATCH], result[TILE][TILE];
      for (int p = 0; p < POINTS; p++) from[p / PATCH][p % PATCH] = load(products + p * point + long(t) * channels + c);
      alongBoth<PATCH, TILE>(outOfProduct, from, result);
      const Lanes bias = finish.bias ? load(finish.bias + c) : Lanes{};
      for (int i = 0; i < rows; i++) for (int j = 0; j < columns; j++) store(corner + (long(i) * tiling.width + j) * channels + c, finish(result[i][j], bias));
    }
  }
}

/** Filters [9][inputs][outputs] into the domain of products, in panels of WIDE outputs: [36][outputs / WIDE][inputs][WIDE]. */
void transformFilters(const float* filter, int inputs, int outputs, float* to) {
  const long size = long(inputs) * outputs;
  parallel(inputs, [&](int i) {
    for (int o = 0; o < outputs; o += LANES) {
      Lanes from[3][3], result[PATCH][PATCH];
      for (int k = 0; k < 9; k++) from[k / 3][k % 3] = load(filter + k * size + long(i) * outputs + o);
      alongBoth<3, PATCH>(intoFilter, from, result);
      const int width = std::min(WIDE, outputs - o / WIDE * WIDE);
      float* place = to + long(o / WIDE) * WIDE * inputs + long(i) * width + o % WIDE;
      for (int p = 0; p < POINTS; p++) store(place + p * size, result[p / PATCH][p % PATCH]);
    }
  });
}

/** [9][inputs][outputs] -> [9][outputs][inputs], turned by half a circle: the filters of the input's gradient. */
void turn(const float* filter, int inputs, int outputs, float* to) {
  parallel(9, [&](int k) {
    const float* from = filter + long(8 - k) * inputs * outputs;
    float* into = to + long(k) * inputs * outputs;
    for (int i = 0; i < inputs; i += 16) for (int o = 0; o < outputs; o += 16)
      for (int b = 0; b < 16; b++) for (int a = 0; a < 16; a++) into[long(o + b) * inputs + i + a] = from[long(i + a) * outputs + o + b];
  });
}

/** Products of all points for `count` tiles: [36][count][inputs] by the filters -> [36][count][outputs]. */
void multiply(const float* tiles, const float* filters, int count, int inputs, int outputs, float* products) {
  for (int p = 0; p < POINTS; p++) {
    const Left left{tiles + long(p) * count * inputs, inputs, 1};
    for (int o = 0; o < outputs; o += WIDE) {
      const float* right = filters + long(p) * inputs * outputs + long(o) * inputs;
      float* to = products + long(p) * count * outputs + o;
      if (outputs - o >= WIDE) panel<2>(left, count, right, WIDE, inputs, to, outputs, false);
      else panel<1>(left, count, right, LANES, inputs, to, outputs, false);
    }
  }
}

/** Tiles a thread works on at once: their transforms and products stay in its own cache. */
int tilesAtOnce(const Maps& m) {
  constexpr long CACHED = 64 * 1024;  // floats
  return std::max<long>(ROWS, CACHED / (POINTS * (m.inputs + m.outputs)) / ROWS * ROWS);
}

template <class T>
void filterMaps(const Maps& m, const T* x, const float* filters, Finish finish, T* y) {
  const Tiling tiling(m);
  const int most = tilesAtOnce(m), threads = threadCount();
  const int blocks = (((tiling.count + most - 1) / most) + threads - 1) / threads * threads;
  const std::vector<T> zeros(m.inputs);
  parallel(blocks, [&](int block) {
    const int first = long(tiling.count) * block / blocks, count = long(tiling.count) * (block + 1) / blocks - first;
    float* tiles = scratch(0, long(POINTS) * (count + 1) * m.inputs);
    float* products = scratch(1, long(POINTS) * (count + 1) * m.outputs);
    transformInputs(tiling, x, m.inputs, first, count, zeros.data(), tiles, long(count) * m.inputs);
    multiply(tiles, filters, count, m.inputs, m.outputs, products);
    transformOutputs(tiling, products, m.outputs, first, count, finish, y, long(count) * m.outputs);
  });
}

/** sums [inputs][outputs] += tiles [count][inputs]^T * gradients [count][outputs] */
void addProducts(const float* tiles, const float* gradients, int count, int inputs, int outputs, float* sums) {
  constexpr int DEPTH = 192;  // a panel of the right matrix stays in the first cache
  for (int t = 0; t < count; t += DEPTH) for (int o = 0; o < outputs; o += WIDE) {
    const Left left{tiles + long(t) * inputs, 1, inputs};
    const float* right = gradients + long(t) * outputs + o;
    const int depth = std::min(DEPTH, count - t);
    if (outputs - o >= WIDE) panel<2>(left, inputs, right, outputs, depth, sums + o, outputs, true);
    else panel<1>(left, inputs, right, outputs, depth, sums + o, outputs, true);
  }
}

/** [36][inputs][outputs] -> [9][inputs][outputs] */
void transformSums(const float* sums, int inputs, int outputs, float* gradient) {
  const long size = long(inputs) * outputs;
  parallel(inputs, [&](int i) {
    for (long at = long(i) * outputs; at < long(i + 1) * outputs; at += LANES) {
      Lanes from[PATCH][PATCH], result[3][3];
      for (int p = 0; p < POINTS; p++) from[p / PATCH][p % PATCH] = load(sums + p * size + at);
      alongBoth<PATCH, 3>(outOfFilter, from, result);
      for (int k = 0; k < 9; k++) store(gradient + k * size + at, result[k / 3][k % 3]);
    }
  });
}

}  // namespace

long preparedSize(int inputs, int outputs) { return long(POINTS) * inputs * outputs; }

void prepareFilters(int inputs, int outputs, const float* filter, float* prepared) { transformFilters(filter, inputs, outputs, prepared); }

template <class T>
void convolvePrepared(const Maps& m, const T* x, const float* prepared, const float* bias, bool relu, T* y) { filterMaps(m, x, prepared, {bias, relu}, y); }

template <class T>
void convolve(const Maps& m, const T* x, const float* filter, T* y) {
  float* filters = scratch(2, preparedSize(m.inputs, m.outputs));
  transformFilters(filter, m.inputs, m.outputs, filters);
  filterMaps(m, x, filters, {}, y);
}

template <class T>
void inputGradient(const Maps& m, const T* dy, const float* filter, T* dx) {
  const long size = long(m.inputs) * m.outputs;
  float* filters = scratch(2, (POINTS + 9) * size);
  float* turned = filters + POINTS * size;
  turn(filter, m.inputs, m.outputs, turned);
  transformFilters(turned, m.outputs, m.inputs, filters);
  filterMaps(Maps{m.images, m.height, m.width, m.outputs, m.inputs}, dy, filters, {}, dx);
}

template <class T>
void filterGradient(const Maps& m, const T* x, const T* dy, float* gradient) {
  const Tiling tiling(m);
  const long size = long(m.inputs) * m.outputs;
  constexpr long CACHED = 1024 * 1024, FEWEST = 112;  // floats, shared by all threads; tiles that are worth a pass over the sums
  const int most = std::max<long>(FEWEST, CACHED / (POINTS * (m.inputs + m.outputs)));
  float* sums = scratch(2, POINTS * size);
  float* tiles = scratch(0, long(POINTS) * most * m.inputs);
  float* gradients = scratch(1, long(POINTS) * most * m.outputs);
  const std::vector<T> zeros(std::max(m.inputs, m.outputs));
  std::fill(sums, sums + POINTS * size, 0.0f);
  for (int first = 0; first < tiling.count; first += most) {
    const int count = std::min(most, tiling.count - first), parts = 4 * threadCount();
    parallel(parts, [&](int part) {
      const int from = long(count) * part / parts, some = long(count) * (part + 1) / parts - from;
      transformInputs(tiling, x, m.inputs, first + from, some, zeros.data(), tiles + long(from) * m.inputs, long(count) * m.inputs);
      transformGradients(tiling, dy, m.outputs, first + from, some, zeros.data(), gradients + long(from) * m.outputs, long(count) * m.outputs);
    });
    parallel(POINTS, [&](int p) {
      addProducts(tiles + long(p) * count * m.inputs, gradients + long(p) * count * m.outputs, count, m.inputs, m.outputs, sums + p * size);
    });
  }
  transformSums(sums, m.inputs, m.outputs, gradient);
}

template void convolvePrepared(const Maps&, const float*, const float*, const float*, bool, float*);
template void convolvePrepared(const Maps&, const BFloat16*, const float*, const float*, bool, BFloat16*);
template void convolve(const Maps&, const float*, const float*, float*);
template void convolve(const Maps&, const BFloat16*, const float*, BFloat16*);
template void inputGradient(const Maps&, const float*, const float*, float*);
template void inputGradient(const Maps&, const BFloat16*, const float*, BFloat16*);
template void filterGradient(const Maps&, const float*, const float*, float*);
template void filterGradient(const Maps&, const BFloat16*, const BFloat16*, float*);
