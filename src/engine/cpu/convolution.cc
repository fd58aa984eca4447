#include "convolution.h"
#include <algorithm>
#include <vector>
#include "filtermaps.h"
#include "gemm.h"
#include "threads.h"
#include "tileconv.h"
#include "window.h"

namespace {

Window windowOf(const Maps& m) { return {m.images, m.height, m.width, m.inputs, m.height, m.width, m.outputs, 3, 1, 1}; }

/** Filters [9][inputs][outputs] into the domain of products, in panels of WIDE outputs: [36][outputs / WIDE][inputs][WIDE]. */
void transformFilters(const float* filter, int inputs, int outputs, float* to) {
  const long size = long(inputs) * outputs;
  parallel(inputs, [&](int i) {
    for (int o = 0; o < outputs; o += LANES) {
      const int width = std::min(WIDE, outputs - o / WIDE * WIDE);
      float* place = to + long(o / WIDE) * WIDE * inputs + long(i) * width + o % WIDE;
      alongBoth<3, PATCH>(TransformsOf<float>::intoFilter, [&](auto a, auto b) INLINE { return load(filter + (a * 3 + b) * size + long(i) * outputs + o); }, [&](auto a, auto b, Lanes x) INLINE { store(place + (a * PATCH + b) * apart(size), x); });
    }
  });
}

/** As transformFilters, two inputs to a lane in pairs of bfloat16: [36][outputs / WIDE][inputs / 2][WIDE]. */
void transformFilterPairs(const float* filter, int inputs, int outputs, float* to) {
  const long size = long(inputs) * outputs;
  parallel(inputs / 2, [&](int pair) {
    for (int o = 0; o < outputs; o += LANES) {
      const int width = std::min(WIDE, outputs - o / WIDE * WIDE);
      const float* from = filter + long(2 * pair) * outputs + o;
      float* place = to + long(o / WIDE) * WIDE * (inputs / 2) + long(pair) * width + o % WIDE;
      pairsAlongBoth<3, PATCH>(TransformsOf<BFloat16>::intoFilter, [&](int which, auto a, auto b) INLINE { return load(from + which * outputs + (a * 3 + b) * size); }, [&](auto a, auto b, Lanes x) INLINE {
        store(place + (a * PATCH + b) * apart(size / 2), x);
      });
    }
  });
}

/** sums [inputs][outputs] (+)= tiles [rows][inputs]^T * gradients [rows][outputs]; with Pairs, a row is two tiles. */
template <class Sum>
void addProducts(const float* tiles, const float* gradients, int rows, int inputs, int outputs, float* sums, bool add) {
  constexpr int DEPTH = 192;  // a panel of the right matrix stays in the first cache
  for (int r = 0; r < rows; r += DEPTH) {
    const Left left{tiles + long(r) * inputs, 1, inputs};
    multiplyColumns<Sum>(left, inputs, gradients + long(r) * outputs, outputs, std::min(DEPTH, rows - r), outputs, sums, outputs, add || r > 0);
  }
}

/** [36][inputs][outputs] -> [9][inputs][outputs] */
template <class E>
void transformSums(const float* sums, int inputs, int outputs, float* gradient) {
  const long size = long(inputs) * outputs;
  parallel(inputs, [&](int i) {
    for (long at = long(i) * outputs; at < long(i + 1) * outputs; at += LANES) {
      alongBoth<PATCH, 3>(TransformsOf<E>::outOfFilter, [&](auto a, auto b) INLINE { return load(sums + (a * PATCH + b) * apart(size) + at); }, [&](auto a, auto b, Lanes x) INLINE { store(gradient + (a * 3 + b) * size + at, x); });
    }
  });
}

}  // namespace

template <class T>
long preparedSize(int inputs, int outputs) {
  if constexpr (IN_TILES<T>) if (suitsTiles(inputs, outputs)) return laidOutSize<T>(3, inputs, outputs);
  return POINTS * apart(long(inputs) * outputs / TOGETHER<T>);
}

template <class T>
void prepareFilters(int inputs, int outputs, const float* filter, float* prepared) {
  if constexpr (IN_TILES<T>) if (suitsTiles(inputs, outputs)) return layOut<T>(3, inputs, outputs, filter, prepared);
  if constexpr (IN_PAIRS<T>) transformFilterPairs(filter, inputs, outputs, prepared);
  else transformFilters(filter, inputs, outputs, prepared);
}

template <class T>
void convolvePrepared(const Maps& m, const T* x, const float* prepared, Finish<T> finish, T* y) {
  if constexpr (IN_TILES<T>) if (suitsTiles(m.inputs, m.outputs)) return convolveTiles(windowOf(m), x, prepared, finish, y);
  filterMaps<Multiplied<T>>(m, x, prepared, finish, y);
}

template <class T>
void convolve(const Maps& m, const T* x, const float* filter, T* y) {
  float* filters = scratch(2, preparedSize<T>(m.inputs, m.outputs));
  prepareFilters<T>(m.inputs, m.outputs, filter, filters);
  convolvePrepared(m, x, filters, {}, y);
}

template <class T>
void inputGradient(const Maps& m, const T* dy, const float* filter, T* dx) {
  if constexpr (IN_TILES<T>) if (suitsTiles(m.inputs, m.outputs)) return tileInputGradient(windowOf(m), dy, filter, dx);
  const long size = long(m.inputs) * m.outputs;
  float* filters = scratch(2, preparedSize<T>(m.outputs, m.inputs) + 9 * size);
  float* turned = filters + preparedSize<T>(m.outputs, m.inputs);
  turn(9, m.inputs, m.outputs, filter, turned);
  const Maps turnedMaps{m.images, m.height, m.width, m.outputs, m.inputs};
  prepareFilters<T>(m.outputs, m.inputs, turned, filters);
  filterMaps<Multiplied<T>>(turnedMaps, dy, filters, {}, dx);
}

template <class T>
void filterGradient(const Maps& m, const T* x, const T* dy, float* gradient) {
  if constexpr (IN_TILES<T>) if (suitsTiles(m.inputs, m.outputs)) return tileFilterGradient(windowOf(m), x, dy, gradient);
  using Along = TransformsOf<Multiplied<T>>;
  const Tiling tiling(m);
  const long size = long(m.inputs) * m.outputs;
  constexpr long CACHED = 1024 * 1024;
  constexpr int FEWEST = 112;  // floats, shared by all threads; rows that are worth a pass over the sums
  constexpr int together = TOGETHER<T>;  // tiles a row
  const int most = std::max<long>(FEWEST, CACHED / (POINTS * (m.inputs + m.outputs))), all = (tiling.count + together - 1) / together;
  float* sums = scratch(2, POINTS * apart(size));
  float* tiles = scratch(0, POINTS * apart(long(most) * m.inputs));
  float* gradients = scratch(1, POINTS * apart(long(most) * m.outputs));
  const std::vector<T> zeros(std::max(m.inputs, m.outputs));
  for (int first = 0; first < all; first += most) {
    const int rows = std::min(most, all - first), parts = 4 * threadCount();
    const long inputPoint = apart(long(rows) * m.inputs), outputPoint = apart(long(rows) * m.outputs);
    parallel(parts, [&](int part) {
      const int from = long(rows) * part / parts, some = long(rows) * (part + 1) / parts - from;
      float *input = tiles + long(from) * m.inputs, *output = gradients + long(from) * m.outputs;
      if constexpr (IN_PAIRS<T>) {
        transformTilePairs<PATCH>(Along::intoInput, tiling, x, m.inputs, 2 * (first + from), tiling.count, some, zeros.data(), input, inputPoint);
        transformTilePairs<TILE>(Along::intoOutput, tiling, dy, m.outputs, 2 * (first + from), tiling.count, some, zeros.data(), output, outputPoint);
      } else {
        transformTiles<PATCH>(Along::intoInput, tiling, x, m.inputs, first + from, some, zeros.data(), input, inputPoint);
        transformTiles<TILE>(Along::intoOutput, tiling, dy, m.outputs, first + from, some, zeros.data(), output, outputPoint);
      }
    });
    parallel(POINTS, [&](int p) {
      addProducts<Product<T>>(tiles + p * inputPoint, gradients + p * outputPoint, rows, m.inputs, m.outputs, sums + p * apart(size), first > 0);
    });
  }
  transformSums<Multiplied<T>>(sums, m.inputs, m.outputs, gradient);
}

template long preparedSize<float>(int, int);
template long preparedSize<BFloat16>(int, int);
template void prepareFilters<float>(int, int, const float*, float*);
template void prepareFilters<BFloat16>(int, int, const float*, float*);
template void convolvePrepared(const Maps&, const float*, const float*, Finish<float>, float*);
template void convolvePrepared(const Maps&, const BFloat16*, const float*, Finish<BFloat16>, BFloat16*);
template void convolve(const Maps&, const float*, const float*, float*);
template void convolve(const Maps&, const BFloat16*, const float*, BFloat16*);
template void inputGradient(const Maps&, const float*, const float*, float*);
template void inputGradient(const Maps&, const BFloat16*, const float*, BFloat16*);
template void filterGradient(const Maps&, const float*, const float*, float*);
template void filterGradient(const Maps&, const BFloat16*, const BFloat16*, float*);
