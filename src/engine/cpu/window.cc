#include "window.h"
#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>
#include "gemm.h"
#include "threads.h"
#include "tileconv.h"

namespace {

/** Sums [R][WIDE] of R places over all taps: `at` [taps][R] points to their inputs, `filters` [taps] to [depth][WIDE]. */
template <class T, int R>
void sumsOf(const T* const* at, int taps, const float* const* filters, int depth, float* sums) {
  Lanes sum[R][2] = {};
  for (int tap = 0; tap < taps; tap++, at += R) {
    const float* b = filters[tap];
    for (int k = 0; k < depth; k++, b += WIDE) {
      const Lanes left = load(b), right = load(b + LANES);
#pragma GCC unroll 14
      for (int r = 0; r < R; r++) {
        const Lanes x = all(multiplied(at[r], k));
        sum[r][0] = Product<T>::add(sum[r][0], x, left);
        sum[r][1] = Product<T>::add(sum[r][1], x, right);
      }
    }
  }
  for (int r = 0; r < R; r++) for (int n = 0; n < 2; n++) store(sums + r * WIDE + n * LANES, sum[r][n]);
}

template <class T> using Sums = void (*)(const T* const*, int, const float* const*, int, float*);

template <class T, int... R>
Sums<T> sumsFor(int places, std::integer_sequence<int, R...>) {
  constexpr Sums<T> each[] = {sumsOf<T, R + 1>...};
  return each[places - 1];
}

int panelsOf(int outputs) { return (outputs + WIDE - 1) / WIDE; }

/** The places [first, last) of a pass, for one panel of outputs. */
template <class T>
void sumPlaces(const Pass& pass, const Layout& layout, int panel, long first, long last, const T* x, Finish<T> finish, T* y) {
  if (first == last) return;
  const int depth = layout.inputs / TOGETHER<T>, taps = int(pass.taps.size()), output = panel * WIDE, width = std::min(WIDE, layout.outputs - output);
  const std::vector<T> zeros(layout.inputs);
  std::vector<Walk> walks;
  std::vector<const float*> filters;
  for (const Tap& tap : pass.taps) walks.emplace_back(tap.seen, first), filters.push_back(layout.filters + (long(panel) * layout.taps + tap.filter) * depth * WIDE);
  Walk target(pass.target, first);
  std::vector<const T*> at(long(taps) * ROWS);
  float* sums = scratch(0, ROWS * WIDE);
  const long blocks = (last - first + ROWS - 1) / ROWS;
  for (long block = 0; block < blocks; block++) {
    const int count = (last - first) * (block + 1) / blocks - (last - first) * block / blocks;
    for (int tap = 0; tap < taps; tap++) for (int r = 0; r < count; r++) at[tap * count + r] = walks[tap].next(x, layout.inputs, zeros.data());
    sumsFor<T>(count, std::make_integer_sequence<int, ROWS>{})(at.data(), taps, filters.data(), depth, sums);
    for (int r = 0; r < count; r++) {
      T* place = target.next(y, layout.outputs, y) + output;
      for (int n = 0; n < width; n += LANES) store(place + n, finish(load(sums + r * WIDE + n), finish.biasAt(output + n), place - y + n));
    }
  }
}

template <class T>
void convolvePasses(const std::vector<Pass>& passes, const Layout& layout, const T* x, Finish<T> finish, T* y) {
  const int panels = panelsOf(layout.outputs), parts = 2 * threadCount();
  parallel(int(passes.size()) * panels * parts, [&](int task) {
    const Pass& pass = passes[task / parts / panels];
    const long places = long(pass.target.images) * pass.target.down * pass.target.across, part = task % parts;
    sumPlaces(pass, layout, task / parts % panels, places * part / parts, places * (part + 1) / parts, x, finish, y);
  });
}

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
void convolveWindow(const Window& w, const T* x, const float* laidOut, Finish<T> finish, T* y) {
  if constexpr (IN_TILES<T>) if (suitsTiles(w.inputs, w.outputs)) return convolveTiles(w, x, laidOut, finish, y);
  convolvePasses({passOf(w)}, {w.inputs, w.outputs, w.size * w.size, laidOut}, x, finish, y);
}

template <class T>
void windowInputGradient(const Window& w, const T* dy, const float* filter, T* dx) {
  if constexpr (IN_TILES<T>) if (suitsTiles(w.inputs, w.outputs)) return tileInputGradient(w, dy, filter, dx);
  const int taps = w.size * w.size;
  const long laidOutFloats = laidOutSize<T>(w.size, w.outputs, w.inputs);
  float* laidOut = scratch(2, laidOutFloats + long(taps) * w.inputs * w.outputs);
  float* turned = laidOut + laidOutFloats;
  turn(taps, w.inputs, w.outputs, filter, turned);
  layOut<T>(w.size, w.outputs, w.inputs, turned, laidOut);
  std::vector<Pass> passes = gradientPasses(w);
  for (Pass& pass : passes) for (Tap& tap : pass.taps) tap.filter = taps - 1 - tap.filter;  // as they were turned
  convolvePasses(passes, {w.outputs, w.inputs, taps, laidOut}, dy, {}, dx);
}

#define FOR(T) \
  template long laidOutSize<T>(int, int, int); \
  template void layOut<T>(int, int, int, const float*, float*); \
  template void convolveWindow(const Window&, const T*, const float*, Finish<T>, T*); \
  template void windowInputGradient(const Window&, const T*, const float*, T*);
FOR(float)
FOR(BFloat16)
