#include "maxpool.h"
#include <algorithm>
#include <cmath>
#include "simd.h"
#include "threads.h"

namespace {

/** The part of the window of output (i, j) that lies inside the map. */
struct Window {
  int top, bottom, left, right;
  Window(const Pooling& p, int i, int j) : top(std::max(0, 2 * i - 1)), bottom(std::min(p.height, 2 * i + 2)), left(std::max(0, 2 * j - 1)), right(std::min(p.width, 2 * j + 2)) {}
};

/** Calls f(offset of the output's place, its window) for all places of one image. */
template <class F>
void overPlaces(const Pooling& p, F f) {
  const int down = (p.height + 1) / 2, across = (p.width + 1) / 2;
  for (int i = 0; i < down; i++) for (int j = 0; j < across; j++) f((long(i) * across + j) * p.channels, Window(p, i, j));
}

long inputSize(const Pooling& p) { return long(p.height) * p.width * p.channels; }
long outputSize(const Pooling& p) { return long((p.height + 1) / 2) * ((p.width + 1) / 2) * p.channels; }

}  // namespace

template <class T>
void maxPool(const Pooling& p, const T* x, T* y) {
  parallel(p.images, [&](int image) {
    const T* from = x + image * inputSize(p);
    T* to = y + image * outputSize(p);
    overPlaces(p, [&](long place, Window w) {
      for (int c = 0; c < p.channels; c += LANES) {
        Lanes most = all(-INFINITY);
        for (int i = w.top; i < w.bottom; i++) for (int j = w.left; j < w.right; j++) {
          const Lanes value = load(from + (long(i) * p.width + j) * p.channels + c);
          most = value <= most ? most : value; // lets a NaN through
        }
        store(to + place + c, most);
      }
    });
  });
}

/** Adds the gradient d [channels] at an output to those of the SIZE places that it looked at: to each channel of the largest. */
template <int SIZE, class T>
void addToLargest(int channels, const T* const* places, const T* d, float* const* sums) {
  for (int c = 0; c < channels; c += LANES) {
    Lanes most = load(places[0] + c);
    Bits winner{};
    times<SIZE - 1>([&](auto before) INLINE {
      constexpr uint32_t i = before + 1;
      const Lanes value = load(places[i] + c);
      const Bits stays = (Bits)(value <= most);
      most = value <= most ? most : value;
      winner = (winner & stays) | (i & ~stays);
    });
    const Lanes share = load(d + c);
    times<SIZE>([&](auto i) INLINE { store(sums[i] + c, load(sums[i] + c) + (winner == uint32_t(i) ? share : Lanes{})); });
  }
}

/** Adds the gradient of row i of the output to the rows of the map that it looked at, the first of which is summed up in rows[0]. */
template <class T>
void addRow(const Pooling& p, int i, const T* from, const T* arriving, float* const* rows) {
  const int across = (p.width + 1) / 2;
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
