// What GCA and the residual blocks do to the channels of maps [images, places, channels]: channels a multiple of 16, T is
// float or BFloat16.
#pragma once

struct Places { int images, places, channels; };

/** g [images, channels]: the sum over places of x times kernel [places, channels]. */
template <class T> void globalConvolution(const Places& size, const T* x, const float* kernel, float* g);
template <class T> void globalConvolutionGradient(const Places& size, const float* dg, const T* x, const float* kernel, T* dx, float* dKernel);

/** y = x times scales [images, channels]. */
template <class T> void rescale(const Places& size, const T* x, const float* scales, T* y);
/** y = relu(x times scales + beside). */
template <class T> void rescaleAdded(const Places& size, const T* x, const float* scales, const T* beside, T* y);
template <class T> void rescaleGradient(const Places& size, const T* dy, const T* x, const float* scales, T* dx, float* dScales);

/** y = a + b and y = relu(a + b), `count` numbers, a multiple of 16. */
template <class T> void sum(long count, const T* a, const T* b, T* y);
template <class T> void addRectified(long count, const T* a, const T* b, T* y);

/** The gradient of ReLU from its output y. */
template <class T> void rectifiedGradient(long count, const T* dy, const T* y, T* dx);
