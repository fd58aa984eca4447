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

template <class T>
void maxPoolGradient(const Pooling& p, const T* x, const T* dy, T* dx) {
  parallel(p.images, [&](int image) {
    const T* from = x + image * inputSize(p);
    const T* arriving = dy + image * outputSize(p);
    float* sums = scratch(0, inputSize(p)); // windows overlap: their sums stay in float32
    std::fill(sums, sums + inputSize(p), 0.0f);
    overPlaces(p, [&](long place, Window w) {
      for (int c = 0; c < p.channels; c += LANES) {
        Lanes most = all(-INFINITY);
        Bits winner{};
        for (int i = w.top; i < w.bottom; i++) for (int j = w.left; j < w.right; j++) {
          const Lanes value = load(from + (long(i) * p.width + j) * p.channels + c);
          const Bits wins = ~(Bits)(value <= most);
          most = value <= most ? most : value;
          winner = (winner & ~wins) | (uint32_t(i * p.width + j) & wins);
        }
        const Lanes d = load(arriving + place + c);
        for (int i = w.top; i < w.bottom; i++) for (int j = w.left; j < w.right; j++) {
          float* sum = sums + (long(i) * p.width + j) * p.channels + c;
          store(sum, load(sum) + ((winner == uint32_t(i * p.width + j)) ? d : Lanes{}));
        }
      }
    });
    T* to = dx + image * inputSize(p);
    for (long at = 0; at < inputSize(p); at += LANES) store(to + at, load(sums + at));
  });
}

template void maxPool(const Pooling&, const float*, float*);
template void maxPool(const Pooling&, const BFloat16*, BFloat16*);
template void maxPoolGradient(const Pooling&, const float*, const float*, float*);
template void maxPoolGradient(const Pooling&, const BFloat16*, const BFloat16*, BFloat16*);
