#include "filtergrad.h"
#include <algorithm>
#include <type_traits>
#include <vector>
#include "gemm.h"
#include "threads.h"
#include "tileconv.h"

namespace {

constexpr int DEPTH = 192;  // rows at once: a panel of the right matrix stays in the first cache
constexpr long CACHED = 96 * 1024;  // floats of the right matrix that stay in the second, for all taps

/** A row of the places that it holds; of two, the first is in the lower halves. */
template <class T>
void writeRow(const T* const at[2], int channels, float* to) {
  for (int c = 0; c < channels; c += LANES) {
    if constexpr (IN_PAIRS<T>) store(to + c, joined(at[0] + c, at[1] + c));
    else store(to + c, load(at[0] + c));
  }
}

/** `places` of dy as the right matrix of a product, in `to` where they are not so already. */
template <class T>
const float* rowsOf(const T* dy, long places, int outputs, const T* zeros, float* to) {
  if constexpr (sizeof(T) == sizeof(float)) return dy;
  for (long r = 0; r * TOGETHER<T> < places; r++) {
    const T* at[2];
    for (int which = 0; which < TOGETHER<T>; which++) at[which] = r * TOGETHER<T> + which < places ? dy + (r * TOGETHER<T> + which) * outputs : zeros;
    writeRow(at, outputs, to + r * outputs);
  }
  return to;
}

/** As rowsOf, of all places. */
template <class T>
const float* allRowsOf(const Window& w, const T* dy, long places, const T* zeros) {
  if constexpr (sizeof(T) == sizeof(float)) return dy;
  const long rows = (places + TOGETHER<T> - 1) / TOGETHER<T>;
  float* made = scratch(1, rows * w.outputs);
  const int parts = std::min<long>(rows, 4 * threadCount());
  parallel(parts, [&](int part) {
    const long first = rows * part / parts * TOGETHER<T>, last = std::min(places, rows * (part + 1) / parts * TOGETHER<T>);
    rowsOf(dy + first * w.outputs, last - first, w.outputs, zeros, made + first / TOGETHER<T> * w.outputs);
  });
  return made;
}

/** gradient [inputs][outputs] of one tap for the inputs [first, first + count) (+)= x rows^T * dy rows. */
template <class T>
void addTap(const Window& w, Walk walk, const T* x, const T* zeros, int first, int count, const float* dyRows, long rows, float* gradient, bool add) {
  constexpr int together = TOGETHER<T>;
  float* xRows = scratch(0, long(DEPTH) * count);
  for (long r = 0; r < rows; r += DEPTH) {
    const int depth = std::min<long>(DEPTH, rows - r);
    for (int i = 0; i < depth; i++) {
      const T* at[2];
      for (int which = 0; which < together; which++) at[which] = walk.next(x, w.inputs, zeros) + first;
      writeRow(at, count, xRows + long(i) * count);
    }
    multiplyColumns<Product<T>>({xRows, 1, count}, count, dyRows + r * w.outputs, w.outputs, depth, w.outputs, gradient, w.outputs, add || r > 0);
  }
}

/** Inputs of one task, whole vectors: enough tasks to share out evenly, and enough inputs to fill the registers. */
int inputsAtOnce(const Window& w) {
  const int taps = w.size * w.size;
  int inputs = w.inputs;
  while (inputs >= 64 && inputs % 32 == 0 && taps * (w.inputs / inputs) < 8 * threadCount()) inputs /= 2;
  return inputs;
}

/** What the outputs of a row see of one row of x, [across][size][inputs], as the left matrix of a product; `line` has the row with its margins. */
template <class T>
Left seenOf(const Window& w, const T* line, float* to) {
  const int seen = w.size * w.inputs, step = w.stride * w.inputs;
  if constexpr (sizeof(T) == sizeof(float)) return {line, 1, step};
  else {
    for (int unit = 0; unit * TOGETHER<T> < w.across; unit++) for (int k = 0; k < seen; k++) {
      const T* at = line + long(unit) * TOGETHER<T> * step + k;
      const T pair[] = {at[0], TOGETHER<T> == 2 ? at[step] : T{}};
      to[unit * seen + k] = multiplied(pair, 0);
    }
    return {to, 1, seen};
  }
}

/** The sums of one image's outputs, [size][size][inputs][outputs], where the inputs are no whole vectors: few, as colours are. */
template <class T>
void addImage(const Window& w, const T* x, const T* dy, float* sums) {
  const int seen = w.size * w.inputs, units = (w.across + TOGETHER<T> - 1) / TOGETHER<T>;
  const std::vector<T> zeros(w.outputs);
  std::vector<T> line((long(std::max(w.width + w.margin, units * TOGETHER<T> * w.stride) + w.size)) * w.inputs);
  float *dyRows = scratch(0, long(units) * w.outputs), *left = scratch(1, long(units) * seen);
  for (int down = 0; down < w.down; down++) {
    const T* row = dy + long(down) * w.across * w.outputs;
    const float* right = rowsOf(row, w.across, w.outputs, zeros.data(), dyRows);
    for (int r = 0; r < w.size; r++) {
      const int y = down * w.stride + r - w.margin;
      if (y < 0 || y >= w.height) continue;
      std::copy_n(x + long(y) * w.width * w.inputs, long(w.width) * w.inputs, line.data() + long(w.margin) * w.inputs);
      multiplyColumns<Product<T>>(seenOf(w, line.data(), left), seen, right, w.outputs, units, w.outputs, sums + long(r) * seen * w.outputs, w.outputs, true);
    }
  }
}

template <class T>
void gradientOfFew(const Window& w, const T* x, const T* dy, float* gradient) {
  const long size = long(w.size) * w.size * w.inputs * w.outputs, parts = std::min(w.images, 16);  // the same for any number of threads
  std::vector<float> sums(parts * size);
  parallel(int(parts), [&](int part) {
    for (long image = w.images * part / parts; image < w.images * (part + 1) / parts; image++)
      addImage(w, x + image * w.height * w.width * w.inputs, dy + image * w.down * w.across * w.outputs, &sums[part * size]);
  });
  std::fill(gradient, gradient + size, 0.0f);
  for (int part = 0; part < parts; part++) for (long i = 0; i < size; i++) gradient[i] += sums[part * size + i];
}

}  // namespace

template <class T>
void windowFilterGradient(const Window& w, const T* x, const T* dy, float* gradient) {
  if constexpr (IN_TILES<T>) if (suitsTiles(w.inputs, w.outputs)) return tileFilterGradient(w, x, dy, gradient);
  if (w.inputs % 16) return gradientOfFew(w, x, dy, gradient);
  constexpr int together = TOGETHER<T>;
  const long places = long(w.images) * w.down * w.across, rows = (places + together - 1) / together;
  const std::vector<T> zeros(std::max(w.inputs, w.outputs));
  const float* dyRows = allRowsOf(w, dy, places, zeros.data());
  const int some = inputsAtOnce(w), pieces = (w.inputs + some - 1) / some;
  const long atOnce = std::max<long>(1, CACHED / w.outputs / DEPTH) * DEPTH;
  for (long begin = 0; begin < rows; begin += atOnce) parallel(w.size * w.size * pieces, [&](int task) {
    const int tap = task / pieces, first = task % pieces * some, count = std::min(some, w.inputs - first);
    float* to = gradient + (long(tap) * w.inputs + first) * w.outputs;
    addTap(w, Walk(seenThrough(w, tap), begin * together), x, zeros.data(), first, count, dyRows + begin * w.outputs, std::min(atOnce, rows - begin), to, begin > 0);
  });
}

template void windowFilterGradient(const Window&, const float*, const float*, float*);
template void windowFilterGradient(const Window&, const BFloat16*, const BFloat16*, float*);
