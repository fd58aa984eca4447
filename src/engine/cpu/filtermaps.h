// Maps convolved by filters that are in the domain of Winograd's products already.
#pragma once
#include <algorithm>
#include <type_traits>
#include <vector>
#include "gemm.h"
#include "threads.h"
#include "tiles.h"

/** Interpolation points of products in E. */
template <class E> using TransformsOf = Transforms<std::conditional_t<sizeof(E) == 2, Close, Integers>>;

/**
 * Floats from one of the 36 points to the next, of which each has `size`: one vector more than these, for at powers of two
 * apart all points would want the same few places of the caches.
 */
constexpr long apart(long size) { return size + LANES; }

/** Products of one of the points for `count` tiles: [36][count][depth] by the filters -> [36][count][outputs]. With Pairs, depth counts pairs. */
template <class Sum>
void multiply(int p, const float* tiles, const float* filters, int count, int depth, int outputs, float* products) {
  const Left left{tiles + p * apart(long(count) * depth), depth, 1};
  for (int o = 0; o < outputs; o += WIDE) {
    const float* right = filters + p * apart(long(depth) * outputs) + long(o) * depth;
    float* to = products + p * apart(long(count) * outputs) + o;
    if (outputs - o >= WIDE) panel<Sum, 2>(left, count, right, WIDE, depth, to, outputs, false);
    else panel<Sum, 1>(left, count, right, LANES, depth, to, outputs, false);
  }
}

/** Tiles a thread works on at once: their transforms and products stay in its own cache. */
inline int tilesAtOnce(const Maps& m) {
  constexpr long CACHED = 64 * 1024;  // floats
  return std::max<long>(ROWS, CACHED / (POINTS * (m.inputs + m.outputs)) / ROWS * ROWS);
}

/** The tiles [first, first + count) on their way into the domain of products and out of it, in the calling thread's memory. E: type of the transformed tiles, BFloat16 for products of pairs. */
template <class E, class T>
struct Stretch {
  static constexpr int EACH = sizeof(float) / sizeof(E);  // numbers of a tile in 32 bits

  const Maps& m;
  const Tiling& tiling;
  const T* zeros;
  const int first, count, depth = m.inputs / EACH;
  const long inputPoint = apart(long(count) * depth), outputPoint = apart(long(count) * m.outputs);
  float *tiles = scratch(0, POINTS * inputPoint), *products = scratch(1, POINTS * outputPoint);

  void begin(const T* x, int from, int some) const {
    transformInputs(TransformsOf<E>::intoInput, tiling, x, m.inputs, first + from, some, zeros, reinterpret_cast<E*>(tiles) + long(from) * m.inputs, EACH * inputPoint);
  }
  void multiplyPoint(int p, const float* filters) const {
    multiply<std::conditional_t<EACH == 1, Floats, Pairs>>(p, tiles, filters, count, depth, m.outputs, products);
  }
  void end(Finish<T> finish, int from, int some, T* y) const {
    transformOutputs(TransformsOf<E>::outOfProduct, tiling, products + long(from) * m.outputs, m.outputs, first + from, some, finish, y, outputPoint);
  }
};

/** Each thread on tiles of its own, so few that they stay in its own cache. */
template <class E, class T>
void filterApart(const Maps& m, const Tiling& tiling, const T* x, const float* filters, Finish<T> finish, T* y) {
  const int most = tilesAtOnce(m), threads = threadCount();
  const int blocks = (((tiling.count + most - 1) / most) + threads - 1) / threads * threads;
  const std::vector<T> zeros(m.inputs);
  parallel(blocks, [&](int block) {
    const int first = long(tiling.count) * block / blocks, count = long(tiling.count) * (block + 1) / blocks - first;
    const Stretch<E, T> some{m, tiling, zeros.data(), first, count};
    some.begin(x, 0, count);
    for (int p = 0; p < POINTS; p++) some.multiplyPoint(p, filters);
    some.end(finish, 0, count, y);
  });
}

/** All threads on the same tiles, each on filters of its own: those come from far away, and once for many tiles. */
template <class E, class T>
void filterTogether(const Maps& m, const Tiling& tiling, const T* x, const float* filters, Finish<T> finish, T* y) {
  constexpr long CACHED = 1024 * 1024;  // floats, shared by all threads
  const int most = std::max<long>(2 * ROWS, CACHED / (POINTS * (m.inputs + m.outputs))), stretches = (tiling.count + most - 1) / most, parts = 4 * threadCount();
  const std::vector<T> zeros(m.inputs);
  for (int stretch = 0; stretch < stretches; stretch++) {
    const int first = long(tiling.count) * stretch / stretches, count = long(tiling.count) * (stretch + 1) / stretches - first;
    const Stretch<E, T> all{m, tiling, zeros.data(), first, count};
    const auto share = [&](int part) { return long(count) * part / parts; };
    parallel(parts, [&](int part) { all.begin(x, share(part), share(part + 1) - share(part)); });
    parallel(POINTS, [&](int p) { all.multiplyPoint(p, filters); });
    parallel(parts, [&](int part) { all.end(finish, share(part), share(part + 1) - share(part), y); });
  }
}

template <class E, class T>
void filterMaps(const Maps& m, const T* x, const float* filters, Finish<T> finish, T* y) {
  constexpr long NEAR = 4 * 1024 * 1024;  // bytes of filters that are at hand
  const bool areFar = POINTS * long(m.inputs) * m.outputs * long(sizeof(E)) > NEAR && threadCount() > 1;
  (areFar ? filterTogether<E, T> : filterApart<E, T>)(m, Tiling(m), x, filters, finish, y);
}
