#include "channels.h"
#include "simd.h"
#include "threads.h"

namespace {

/** Calls f(channel) for the first of each vector of channels. */
template <class F>
void overChannels(const Places& size, F f) {
  for (int c = 0; c < size.channels; c += LANES) f(c);
}

/** Calls f(at) for the first of each vector of `count` numbers. */
template <class F>
void overVectors(long count, F f) {
  overParts(count, [&](long first, long end) { for (long at = first; at < end; at += LANES) f(at); });
}

}  // namespace

template <class T>
void globalConvolution(const Places& size, const T* x, const float* kernel, float* g) {
  parallel(size.images, [&](int image) {
    const T* from = x + long(image) * size.places * size.channels;
    overChannels(size, [&](int c) {
      Lanes sum{};
      for (int p = 0; p < size.places; p++) sum += load(from + long(p) * size.channels + c) * load(kernel + long(p) * size.channels + c);
      store(g + long(image) * size.channels + c, sum);
    });
  });
}

template <class T>
void globalConvolutionGradient(const Places& size, const float* dg, const T* x, const float* kernel, T* dx, float* dKernel) {
  parallel(size.places, [&](int place) {
    overChannels(size, [&](int c) {
      const Lanes weight = load(kernel + long(place) * size.channels + c);
      Lanes sum{};
      for (int image = 0; image < size.images; image++) {
        const Lanes d = load(dg + long(image) * size.channels + c);
        const long at = (long(image) * size.places + place) * size.channels + c;
        sum += d * load(x + at);
        store(dx + at, d * weight);
      }
      store(dKernel + long(place) * size.channels + c, sum);
    });
  });
}

template <class T>
void rescale(const Places& size, const T* x, const float* scales, T* y) {
  parallel(size.images, [&](int image) {
    const long first = long(image) * size.places * size.channels;
    overChannels(size, [&](int c) {
      const Lanes scale = load(scales + long(image) * size.channels + c);
      for (long at = first + c; at < first + long(size.places) * size.channels; at += size.channels) store(y + at, load(x + at) * scale);
    });
  });
}

template <class T>
void rescaleAdded(const Places& size, const T* x, const float* scales, const T* beside, T* y) {
  parallel(size.images, [&](int image) {
    const long first = long(image) * size.places * size.channels;
    overChannels(size, [&](int c) {
      const Lanes scale = load(scales + long(image) * size.channels + c);
      for (long at = first + c; at < first + long(size.places) * size.channels; at += size.channels) store(y + at, rectified(load(x + at) * scale + load(beside + at)));
    });
  });
}

template <class T>
void rescaleGradient(const Places& size, const T* dy, const T* x, const float* scales, T* dx, float* dScales) {
  parallel(size.images, [&](int image) {
    const long first = long(image) * size.places * size.channels;
    overChannels(size, [&](int c) {
      const Lanes scale = load(scales + long(image) * size.channels + c);
      Lanes sum{};
      for (long at = first + c; at < first + long(size.places) * size.channels; at += size.channels) {
        const Lanes d = load(dy + at);
        sum += d * load(x + at);
        store(dx + at, d * scale);
      }
      store(dScales + long(image) * size.channels + c, sum);
    });
  });
}

template <class T>
void sum(long count, const T* a, const T* b, T* y) {
  overVectors(count, [=](long at) { store(y + at, load(a + at) + load(b + at)); });
}

template <class T>
void addRectified(long count, const T* a, const T* b, T* y) {
  overVectors(count, [=](long at) { store(y + at, rectified(load(a + at) + load(b + at))); });
}

template <class T>
void rectifiedGradient(long count, const T* dy, const T* y, T* dx) {
  overVectors(count, [=](long at) { store(dx + at, load(y + at) > Lanes{} ? load(dy + at) : Lanes{}); });
}

#define FOR(T) \
  template void globalConvolution(const Places&, const T*, const float*, float*); \
  template void globalConvolutionGradient(const Places&, const float*, const T*, const float*, T*, float*); \
  template void rescale(const Places&, const T*, const float*, T*); \
  template void rescaleAdded(const Places&, const T*, const float*, const T*, T*); \
  template void rescaleGradient(const Places&, const T*, const T*, const float*, T*, float*); \
  template void sum(long, const T*, const T*, T*); \
  template void addRectified(long, const T*, const T*, T*); \
  template void rectifiedGradient(long, const T*, const T*, T*);
FOR(float)
FOR(BFloat16)
