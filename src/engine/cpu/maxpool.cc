#include "maxpool.h"
#include <algorithm>
#include "simd.h"
#include "threads.h"

namespace {

/** The part of the window of output (i, j) that lies inside the map. */
struct Window {
  int top, bottom, left, right;
  Window(const Pooling& p, int i, int j) : top(std::max(0, 2 * i - 1)), bottom(std::min(p.height, 2 * i + 2)), left(std::max(0, 2 * j - 1)), right(std::min(p.width, 2 * j + 2)) {}
};

int half(int extent) { return (extent + 1) / 2; }

long inputSize(const Pooling& p) { return long(p.height) * p.width * p.channels; }
long outputSize(const Pooling& p) { return long(half(p.height)) * half(p.width) * p.channels; }

/** The later of equal numbers never wins; what is not a number does. */
inline Lanes most(Lanes before, Lanes value) { return value <= before ? before : value; }

/** A row of the output from the three rows that it looks at. */
template <class T>
void poolRow(const Pooling& p, const T* const rows[3], T* to) {
  overTogether(p.channels, [&](auto vectors, int first) INLINE {
    constexpr int N = vectors;
    const auto column = [&](long x, Lanes* of) INLINE {
      times<N>([&](auto i) INLINE {
        const long at = x * p.channels + first + i * LANES;
        of[i] = most(most(load(rows[0] + at), load(rows[1] + at)), load(rows[2] + at));
      });
    };
    Lanes left[N], middle[N], right[N];
    column(0, left);
    for (long j = 0; j < half(p.width); j++) {
      column(2 * j, middle);
      if (2 * j + 1 < p.width) column(2 * j + 1, right);
      else times<N>([&](auto i) INLINE { right[i] = middle[i]; });
      times<N>([&](auto i) INLINE { store(to + j * p.channels + first + i * LANES, most(most(left[i], middle[i]), right[i])), left[i] = right[i]; });
    }
  });
}

/** Adds the gradient d [channels] at an output to those of the SIZE places that it looked at: to each channel of the largest. A function of its own for each size: all in one, a fifth slower. */
template <int SIZE, class T>
__attribute__((noinline)) void addToLargest(int channels, const T* const* places, const T* d, float* const* sums) {
  for (int c = 0; c < channels; c += LANES) {
    Lanes largest = load(places[0] + c);
    Bits winner{};
    times<SIZE - 1>([&](auto before) INLINE {
      constexpr uint32_t i = before + 1;
      const Lanes value = load(places[i] + c);
      const Bits stays = (Bits)(value <= largest);
      largest = most(largest, value);
      winner = (winner & stays) | (i & ~stays);
    });
    const Lanes share = load(d + c);
    times<SIZE>([&](auto i) INLINE { store(sums[i] + c, load(sums[i] + c) + (winner == uint32_t(i) ? share : Lanes{})); });
  }
}

/** Adds the gradient of row i of the output to the rows of the map that it looked at, the first of which is summed up in rows[0]. */
template <class T>
void addRow(const Pooling& p, int i, const T* from, const T* arriving, float* const* rows) {
  const int across = half(p.width);
  for (int j = 0; j < across; j++) {
    const Window w(p, i, j);
    const T* places[9];
    float* sums[9];
    int count = 0;
    for (int y = w.top; y < w.bottom; y++) for (int x = w.left; x < w.right; x++, count++) {
      places[count] = from + (long(y) * p.width + x) * p.channels;
      sums[count] = rows[y - w.top] + long(x) * p.channels;
    }
    const T* d = arriving + (long(i) * across + j) * p.channels;
    switch (count) {
      case 9: addToLargest<9>(p.channels, places, d, sums); break;
      case 6: addToLargest<6>(p.channels, places, d, sums); break;
      case 4: addToLargest<4>(p.channels, places, d, sums); break;
      case 3: addToLargest<3>(p.channels, places, d, sums); break;
      case 2: addToLargest<2>(p.channels, places, d, sums); break;
      default: addToLargest<1>(p.channels, places, d, sums);
    }
  }
}

}  // namespace

template <class T>
void maxPool(const Pooling& p, const T* x, T* y) {
  const long line = long(p.width) * p.channels;
  parallel(p.images, [&](int image) {
    for (int i = 0; i < half(p.height); i++) {
      const T* rows[3];  // a row beyond the map gives way to one that is looked at anyway
      for (int r = 0; r < 3; r++) rows[r] = x + image * inputSize(p) + std::clamp(2 * i - 1 + r, 0, p.height - 1) * line;
      poolRow(p, rows, y + image * outputSize(p) + long(i) * half(p.width) * p.channels);
    }
  });
}

template <class T>
void maxPoolGradient(const Pooling& p, const T* x, const T* dy, T* dx) {
  const long line = long(p.width) * p.channels;
  parallel(p.images, [&](int image) {
    float* sums = scratch(0, 3 * line); // windows overlap: their sums stay in float32, those of three rows at a time in the first cache
    const auto row = [&](int y) { return sums + y % 3 * line; };
    const auto finish = [&](int y) {
      T* to = dx + image * inputSize(p) + y * line;
      for (long at = 0; at < line; at += LANES) store(to + at, load(row(y) + at));
    };
    for (int i = 0; 2 * i < p.height; i++) {
      const int last = std::min(2 * i + 1, p.height - 1);
      for (int y = 2 * i; y <= last; y++) std::fill(row(y), row(y) + line, 0.0f);
      const int top = std::max(0, 2 * i - 1);
      float* const rows[] = {row(top), row(top + 1), row(top + 2)};
      addRow(p, i, x + image * inputSize(p), dy + image * outputSize(p), rows);
      for (int y = top; y <= 2 * i; y++) finish(y);
    }
    if (p.height % 2 == 0) finish(p.height - 1);
  });
}

template void maxPool(const Pooling&, const float*, float*);
template void maxPool(const Pooling&, const BFloat16*, BFloat16*);
template void maxPoolGradient(const Pooling&, const float*, const float*, float*);
template void maxPoolGradient(const Pooling&, const BFloat16*, const BFloat16*, BFloat16*);
