#include "imageconv.h"
#include <algorithm>
#include <cstring>
#include <vector>
#include "amx.h"
#include "gemm.h"
#include "threads.h"
#include "window.h"

namespace {

int roundedUp(int number, int step) { return (number + step - 1) / step * step; }

/** Numbers that an output sees, and what happens to lie beside the last of them, whose filters are zero: a whole step of the product. */
template <class T>
int depthOf(int size, int inputs) { return roundedUp(size * size * inputs, IN_TILES<T> ? SQUARE : TOGETHER<T>); }

inline void convert(Lanes from, float* to) { store(to, from); }
inline void convert(Lanes from, BFloat16* to) { store(to, from); }

/** What the outputs of a row see, [across][depth], out of rows of images with their margins. */
template <class T>
class Seen {
 public:
  using Number = Multiplied<T>;

  explicit Seen(const Window& w)
    : w(w), depth(depthOf<T>(w.size, w.inputs)), run(w.size * w.inputs),
      pitch(roundedUp((std::max(w.width + w.margin, (w.across - 1) * w.stride) + w.size) * w.inputs, LANES) + LANES), lines(w.size * pitch) {
    const long numbers = long(roundedUp(w.across, SQUARE)) * depth + run + LANES;
    places = reinterpret_cast<Number*>(scratch(1, numbers));
    std::fill_n(places, numbers, Number{});
  }

  /** Of one image's row `down` of outputs. */
  const Number* of(const float* image, int down) {
    for (int r = 0; r < w.size; r++) readLine(image, down * w.stride + r - w.margin, lines.data() + r * pitch);
    const int step = w.stride * w.inputs;
    Number* to = places;
    for (int place = 0; place < w.across; place++, to += depth) for (int r = 0; r < w.size; r++) copyRun(lines.data() + r * pitch + place * step, to + r * run);
    return places;
  }

 private:
  /** A row of the image between its margins; zeros above the first and below the last. */
  void readLine(const float* image, int y, Number* line) const {
    const int count = w.width * w.inputs;
    Number* to = line + w.margin * w.inputs;
    if (y < 0 || y >= w.height) { std::fill(to, to + count, Number{}); return; }
    const float* from = image + long(y) * count;
    int i = 0;
    for (; i + LANES <= count; i += LANES) convert(load(from + i), to + i);
    float rest[LANES] = {};
    std::copy(from + i, from + count, rest);
    Number last[LANES];
    convert(load(rest), last);
    std::copy(last, last + (count - i), to + i);
  }

  /** Some numbers too many, vector by vector: what comes next is written over them. */
  void copyRun(const Number* from, Number* to) const {
    for (int i = 0; i < run; i += LANES) std::memcpy(to + i, from + i, LANES * sizeof(Number));
  }

  const Window& w;
  const int depth, run, pitch;
  std::vector<Number> lines;
  Number* places;  // aligned, as tiles like them
};

/** sums [count][WIDE] of `count` places, for one panel of outputs */
template <class T>
void multiply(const Multiplied<T>* seen, int count, int depth, const float* filters, float* sums) {
#if IAL_TILES
  if constexpr (IN_TILES<T>) {
    for (int place = 0; place < count; place += SQUARE) {
      Square square;
      for (int k = 0; k < depth; k += TILE_DEPTH) square.add({seen + long(place) * depth + k, depth * long(sizeof(BFloat16))}, filters + k / 2 * SQUARE);
      square.store(sums + place * SQUARE);
    }
    return;
  }
#endif
  const int lanes = depth / TOGETHER<T>;
  panel<Product<T>, 2>({reinterpret_cast<const float*>(seen), lanes, 1}, count, filters, WIDE, lanes, sums, WIDE, false);
}

/** One image's outputs. */
template <class T>
void convolveImage(const Window& w, const float* image, const float* filters, Finish<T> finish, T* y) {
  Seen<T> seen(w);
  const int depth = depthOf<T>(w.size, w.inputs);
  float* sums = scratch(0, long(roundedUp(w.across, SQUARE)) * WIDE);
  for (int down = 0; down < w.down; down++) {
    const Multiplied<T>* places = seen.of(image, down);
    for (int first = 0; first < w.outputs; first += WIDE) {
      multiply<T>(places, w.across, depth, filters + long(first) * (depth / TOGETHER<T>), sums);
      for (int n = first; n < std::min(first + WIDE, w.outputs); n += LANES) {
        const Lanes bias = finish.biasAt(n);
        for (int place = 0; place < w.across; place++) {
          const long at = (long(down) * w.across + place) * w.outputs + n;
          store(y + at, finish(load(sums + place * WIDE + n - first), bias, at));
        }
      }
    }
  }
}

}  // namespace

template <class T>
long imageFiltersSize(int size, int inputs, int outputs) { return laidOutSize<T>(1, depthOf<T>(size, inputs), outputs); }

template <class T>
void layOutImageFilters(int size, int inputs, int outputs, const float* filter, float* laidOut) {
  const int depth = depthOf<T>(size, inputs);
  std::vector<float> whole(long(depth) * outputs);
  std::copy_n(filter, long(size) * size * inputs * outputs, whole.begin());
  layOut<T>(1, depth, outputs, whole.data(), laidOut);
}

template <class T>
void convolveImages(const Window& w, const float* images, const float* laidOut, Finish<T> finish, T* y) {
  parallel(w.images, [&](int image) {
    const RegistersOf<T> registers;
    const long to = long(image) * w.down * w.across * w.outputs;
    convolveImage(w, images + long(image) * w.height * w.width * w.inputs, laidOut, finish.from(to), y + to);
  });
}

#define FOR(T) \
  template long imageFiltersSize<T>(int, int, int); \
  template void layOutImageFilters<T>(int, int, int, const float*, float*); \
  template void convolveImages(const Window&, const float*, const float*, Finish<T>, T*);
FOR(float)
FOR(BFloat16)
