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

/** Maps of height and width with those of dy [images, down, across] between zeros, `stride` places apart. */
template <class T>
void spread(const Window& w, int channels, const T* dy, T* to) {
  const long size = long(w.height) * w.width * channels, row = long(w.across) * channels;
  parallel(w.images, [&](int image) {
    T* map = to + image * size;
    std::fill(map, map + size, T{});
    for (int y = 0; y < w.down; y++) for (int x = 0; x < w.across; x++) {
      const T* from = dy + (long(image) * w.down + y) * row + long(x) * channels;
      std::copy(from, from + channels, map + (long(y) * w.width + x) * w.stride * channels);
    }
  });
}

int panelsOf(int outputs) { return (outputs + WIDE - 1) / WIDE; }

}  // namespace

void turn(int taps, int inputs, int outputs, const float* filter, float* to) {
  constexpr int SIDE = 16;  // of the squares that are turned at once, of which all lines are at hand
  parallel(taps, [&](int tap) {
    const float* from = filter + long(taps - 1 - tap) * inputs * outputs;
    float* into = to + long(tap) * inputs * outputs;
    for (int i = 0; i < inputs; i += SIDE) for (int o = 0; o < outputs; o += SIDE)
      for (int b = 0; b < SIDE; b++) for (int a = 0; a < SIDE; a++) into[long(o + b) * inputs + i + a] = from[long(i + a) * outputs + o + b];
  });
}

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

/** Of filters of one place: the gradient of what they see, with zeros at the places between. */
template <class T>
void gradientOfPlaces(const Window& w, const T* dy, const float* laidOut, T* dx) {
  std::vector<T> seen(long(w.images) * w.down * w.across * w.inputs);
  convolveWindow({w.images, w.down, w.across, w.outputs, w.down, w.across, w.inputs, 1, 1, 0}, dy, laidOut, {}, seen.data());
  spread(w, w.inputs, seen.data(), dx);
}

/** Where tiles are not to be had: a convolution of what was spread, turned filters and the other margin. */
template <class T>
void windowInputGradient(const Window& w, const T* dy, const float* filter, T* dx) {
  if constexpr (IN_TILES<T>) if (suitsTiles(w.inputs, w.outputs)) return tileInputGradient(w, dy, filter, dx);
  const long laidOutFloats = laidOutSize<T>(w.size, w.outputs, w.inputs);
  float* laidOut = scratch(2, laidOutFloats + long(w.size) * w.size * w.inputs * w.outputs);
  float* turned = laidOut + laidOutFloats;
  turn(w.size * w.size, w.inputs, w.outputs, filter, turned);
  layOut<T>(w.size, w.outputs, w.inputs, turned, laidOut);
  if (w.size == 1) return gradientOfPlaces(w, dy, laidOut, dx);
  std::vector<T> maps(long(w.images) * w.height * w.width * w.outputs);
  spread(w, w.outputs, dy, maps.data());
  convolveWindow({w.images, w.height, w.width, w.outputs, w.height, w.width, w.inputs, w.size, 1, w.size - 1 - w.margin}, maps.data(), laidOut, {}, dx);
}

#define FOR(T) \
  template long laidOutSize<T>(int, int, int); \
  template void layOut<T>(int, int, int, const float*, float*); \
  template void convolveWindow(const Window&, const T*, const float*, Finish, T*); \
  template void windowInputGradient(const Window&, const T*, const float*, T*);
FOR(float)
FOR(BFloat16)
