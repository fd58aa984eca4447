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

/** Where the places of the output look in x through one tap of the filters, one after another; zeros outside. */
template <class T>
class Tap {
 public:
  Tap(const Window& w, const T* x, const T* zeros, int tap, long place)
    : w(w), zeros(zeros), row(tap / w.size), column(tap % w.size), across(place % w.across), down(place / w.across % w.down), image(place / w.across / w.down), map(x + long(image) * w.height * w.width * w.inputs) {}
  const T* next() {
    if (image == w.images) return zeros;
    const int y = down * w.stride + row - w.margin, at = across * w.stride + column - w.margin;
    const bool isInside = y >= 0 && y < w.height && at >= 0 && at < w.width;
    const T* place = isInside ? map + (long(y) * w.width + at) * w.inputs : zeros;
    if (++across == w.across) across = 0, down++;
    if (down == w.down) down = 0, image++, map += long(w.height) * w.width * w.inputs;
    return place;
  }

 private:
  const Window& w;
  const T* zeros;
  const int row, column;
  int across, down, image;
  const T* map;
};

/** gradient [inputs][outputs] of one tap for the inputs [first, first + count) (+)= x rows^T * dy rows. */
template <class T>
void addTap(Tap<T> tap, int first, int count, const float* dyRows, long rows, int outputs, float* gradient, bool add) {
  constexpr int together = TOGETHER<T>;
  float* xRows = scratch(0, long(DEPTH) * count);
  for (long r = 0; r < rows; r += DEPTH) {
    const int depth = std::min<long>(DEPTH, rows - r);
    for (int i = 0; i < depth; i++) {
      const T* at[2];
      for (int which = 0; which < together; which++) at[which] = tap.next() + first;
      writeRow(at, count, xRows + long(i) * count);
    }
    for (int o = 0; o < outputs; o += WIDE) {
      const Left left{xRows, 1, count};
      const float* right = dyRows + r * outputs + o;
      if (outputs - o >= WIDE) panel<Product<T>, 2>(left, count, right, outputs, depth, gradient + o, outputs, add || r > 0);
      else panel<Product<T>, 1>(left, count, right, outputs, depth, gradient + o, outputs, add || r > 0);
    }
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
  float* dyRows = scratch(1, rows * w.outputs);
  const int parts = std::min<long>(rows, 4 * threadCount());
  parallel(parts, [&](int part) {
    for (long r = rows * part / parts; r < rows * (part + 1) / parts; r++) {
      const T* at[2];
      for (int which = 0; which < together; which++) at[which] = r * together + which < places ? dy + (r * together + which) * w.outputs : zeros.data();
      writeRow(at, w.outputs, dyRows + r * w.outputs);
    }
  });
  const int some = inputsAtOnce(w), pieces = (w.inputs + some - 1) / some;
  const long atOnce = std::max<long>(1, CACHED / w.outputs / DEPTH) * DEPTH;
  for (long begin = 0; begin < rows; begin += atOnce) parallel(w.size * w.size * pieces, [&](int task) {
    const int tap = task / pieces, first = task % pieces * some, count = std::min(some, w.inputs - first);
    float* to = gradient + (long(tap) * w.inputs + first) * w.outputs;
    addTap(Tap<T>(w, x, zeros.data(), tap, begin * together), first, count, dyRows + begin * w.outputs, std::min(atOnce, rows - begin), w.outputs, to, begin > 0);
  });
}

template void windowFilterGradient(const Window&, const float*, const float*, float*);
template void windowFilterGradient(const Window&, const BFloat16*, const BFloat16*, float*);
