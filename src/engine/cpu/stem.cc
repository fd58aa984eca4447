#include "stem.h"
#include "convolution.h"
#include "imageconv.h"
#include "maxpool.h"
#include "threads.h"

template <class T>
void convolveStem(const Window& w, const float* images, Layer<T> wide, int outputs, Layer<T> deep, T* y) {
  const long places = long(w.down) * w.across, pooled = long((w.down + 1) / 2) * ((w.across + 1) / 2) * outputs;
  Window one = w;
  one.images = 1;
  parallel(w.images, [&](int image) {
    T* first = reinterpret_cast<T*>(scratch(2, places * w.outputs));
    T* second = reinterpret_cast<T*>(scratch(3, places * outputs));
    convolveImages(one, images + long(image) * w.height * w.width * w.inputs, wide.filters, wide.finish, first);
    convolvePrepared({1, w.down, w.across, w.outputs, outputs}, first, deep.filters, deep.finish, second);
    maxPool({1, w.down, w.across, outputs}, second, y + image * pooled);
  });
}

template void convolveStem(const Window&, const float*, Layer<float>, int, Layer<float>, float*);
template void convolveStem(const Window&, const float*, Layer<BFloat16>, int, Layer<BFloat16>, BFloat16*);
