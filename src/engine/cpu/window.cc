#include "window.h"
#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>
#include "gemm.h"
#include "threads.h"
#include "tileconv.h"

namespace {

/** One number, or the pair of them, as it is multiplied. */
inline float taken(const float* x, int k) { return x[k]; }
inline float taken(const BFloat16* x, int k) {
  if constexpr (!IN_PAIRS<BFloat16>) return widened(x[k]);
  float pair;
  std::memcpy(&pair, x + 2 * k, sizeof pair);
  return pair;
}

/** Sums [R][WIDE] of R places over all taps: `at` [taps][R] points to their inputs, `b` [taps][depth][WIDE] are the filters. */
template <class T, int R>
void sumsOf(const T* const* at, int taps, const float* b, int depth, float* sums) {
  Lanes sum[R][2] = {};
  for (int tap = 0; tap < taps; tap++, at += R) for (int k = 0; k < depth; k++, b += WIDE) {
    const Lanes left = load(b), right = load(b + LANES);
#pragma GCC unroll 14
    for (int r = 0; r < R; r++) {
      const Lanes x = all(taken(at[r], k));
      sum[r][0] = Product<T>::add(sum[r][0], x, left);
      sum[r][1] = Product<T>::add(sum[r][1], x, right);
    }
  }
  for (int r = 0; r < R; r++) for (int n = 0; n < 2; n++) store(sums + r * WIDE + n * LANES, sum[r][n]);
}

template <class T> using Sums = void (*)(const T* const*, int, const float*, int, float*);

template <class T, int... R>
Sums<T> sumsFor(int places, std::integer_sequence<int, R...>) {
  constexpr Sums<T> each[] = {sumsOf<T, R + 1>...};
  return each[places - 1];
}

/** Where a place of the output looks through a tap; zeros outside. */
template <class T>
const T* lookedAt(const Window& w, const T* x, const T* zeros, int place, int tap) {
  const int across = place % w.across, down = place / w.across % w.down, image = place / w.across / w.down;
  const int row = down * w.stride + tap / w.size - w.margin, column = across * w.stride + tap % w.size - w.margin;
  if (row < 0 || row >= w.height || column < 0 || column >= w.width) return zeros;
  return x + ((long(image) * w.height + row) * w.width + column) * w.inputs;
}

/** [size][size][inputs][outputs] -> [size][size][outputs][inputs], turned by half a circle. */
std::vector<float> turned(const Window& w, const float* filter) {
  const int taps = w.size * w.size;
  std::vector<float> to(long(taps) * w.inputs * w.outputs);
  parallel(taps, [&](int tap) {
    const float* from = filter + long(taps - 1 - tap) * w.inputs * w.outputs;
    float* into = to.data() + long(tap) * w.inputs * w.outputs;
    for (int i = 0; i < w.inputs; i++) for (int o = 0; o < w.outputs; o++) into[long(o) * w.inputs + i] = from[long(i) * w.outputs + o];
  });
  return to;
}

/** Maps of x's height and width, with zeros between the places of dy and after them. */
template <class T>
std::vector<T> spread(const Window& w, const T* dy) {
  std::vector<T> to(long(w.images) * w.height * w.width * w.outputs);
  for (int image = 0; image < w.images; image++) for (int row = 0; row < w.down; row++) for (int column = 0; column < w.across; column++, dy += w.outputs)
    std::copy(dy, dy + w.outputs, to.data() + ((long(image) * w.height + row * w.stride) * w.width + column * w.stride) * w.outputs);
  return to;
}

int panelsOf(int outputs) { return (outputs + WIDE - 1) / WIDE; }

}  // namespace

template <class T>
long laidOutSize(int size, int inputs, int outputs) { return long(size) * size * (inputs / TOGETHER<T>) * panelsOf(outputs) * WIDE; }

/** [panel of WIDE outputs][tap][inputs][WIDE]; outputs beyond the last are zeros. */
template <class T>
void layOut(int size, int inputs, int outputs, const float* filter, float* to) {
  const int depth = inputs / TOGETHER<T>, taps = size * size;
  parallel(panelsOf(outputs) * taps, [&](int task) {
    const int first = task / taps * WIDE, tap = task % taps;
    for (int k = 0; k < depth; k++) for (int n = 0; n < WIDE; n += LANES) {
      const float* from = filter + (long(tap) * inputs + long(k) * TOGETHER<T>) * outputs + first + n;
      Lanes numbers{};
      if (first + n < outputs) {
        if constexpr (IN_PAIRS<T>) numbers = paired(load(from), load(from + outputs));
        else numbers = load(from);
      }
      store(to + (long(task) * depth + k) * WIDE + n, numbers);
    }
  });
}

template <class T>
void convolveWindow(const Window& w, const T* x, const float* laidOut, Finish finish, T* y) {
  if constexpr (IN_TILES<T>) if (suitsTiles(w.inputs, w.outputs)) return convolveTiles(w, x, laidOut, finish, y);
  const int taps = w.size * w.size, depth = w.inputs / TOGETHER<T>, places = w.images * w.down * w.across;
  const int blocks = (places + ROWS - 1) / ROWS, parts = std::min(blocks, 2 * threadCount());
  const std::vector<T> zeros(w.inputs);
  parallel(panelsOf(w.outputs) * parts, [&](int task) {
    const int part = task % parts, first = task / parts * WIDE, width = std::min(WIDE, w.outputs - first);
    std::vector<const T*> at(long(taps) * ROWS);
    float* sums = scratch(0, ROWS * WIDE);
    for (int block = long(blocks) * part / parts; block < long(blocks) * (part + 1) / parts; block++) {
      const int from = long(places) * block / blocks, count = long(places) * (block + 1) / blocks - from;
      for (int tap = 0; tap < taps; tap++) for (int r = 0; r < count; r++) at[tap * count + r] = lookedAt(w, x, zeros.data(), from + r, tap);
      sumsFor<T>(count, std::make_integer_sequence<int, ROWS>{})(at.data(), taps, laidOut + long(first / WIDE) * taps * depth * WIDE, depth, sums);
      for (int r = 0; r < count; r++) for (int n = 0; n < width; n += LANES) {
        store(y + long(from + r) * w.outputs + first + n, finish(load(sums + r * WIDE + n), finish.biasAt(first + n)));
      }
    }
  });
}

/** Where tiles are not to be had: a convolution of what was spread, turned filters and the other margin. */
template <class T>
void windowInputGradient(const Window& w, const T* dy, const float* filter, T* dx) {
  if constexpr (IN_TILES<T>) if (suitsTiles(w.inputs, w.outputs)) return tileInputGradient(w, dy, filter, dx);
  std::vector<float> laidOut(laidOutSize<T>(w.size, w.outputs, w.inputs));
  layOut<T>(w.size, w.outputs, w.inputs, turned(w, filter).data(), laidOut.data());
  convolveWindow({w.images, w.height, w.width, w.outputs, w.height, w.width, w.inputs, w.size, 1, w.size - 1 - w.margin}, spread(w, dy).data(), laidOut.data(), {}, dx);
}

#define FOR(T) \
  template long laidOutSize<T>(int, int, int); \
  template void layOut<T>(int, int, int, const float*, float*); \
  template void convolveWindow(const Window&, const T*, const float*, Finish, T*); \
  template void windowInputGradient(const Window&, const T*, const float*, T*);
FOR(float)
FOR(BFloat16)
