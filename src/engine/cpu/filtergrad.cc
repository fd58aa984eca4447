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

/** dy [places, outputs] as the right matrix of a product, with as many rows. */
template <class T>
const float* rowsOf(const Window& w, const T* dy, long rows, const T* zeros) {
  if constexpr (sizeof(T) == sizeof(float)) return dy;
  else {
    const long places = long(w.images) * w.down * w.across;
    float* made = scratch(1, rows * w.outputs);
    const int parts = std::min<long>(rows, 4 * threadCount());
    parallel(parts, [&](int part) {
      for (long r = rows * part / parts; r < rows * (part + 1) / parts; r++) {
        const T* at[2];
        for (int which = 0; which < TOGETHER<T>; which++) at[which] = r * TOGETHER<T> + which < places ? dy + (r * TOGETHER<T> + which) * w.outputs : zeros;
        writeRow(at, w.outputs, made + r * w.outputs);
      }
    });
    return made;
  }
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

}  // namespace

template <class T>
void windowFilterGradient(const Window& w, const T* x, const T* dy, float* gradient) {
  if constexpr (IN_TILES<T>) if (suitsTiles(w.inputs, w.outputs)) return tileFilterGradient(w, x, dy, gradient);
  constexpr int together = TOGETHER<T>;
  const long places = long(w.images) * w.down * w.across, rows = (places + together - 1) / together;
  const std::vector<T> zeros(std::max(w.inputs, w.outputs));
  const float* dyRows = rowsOf(w, dy, rows, zeros.data());
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
