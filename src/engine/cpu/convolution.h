// 3x3 convolutions of stride 1 with zero padding 1, and their gradients. Maps [images, height, width, channels]; filters
// [3, 3, inputs, outputs] as TensorFlow keeps them. Channels must be multiples of 16. T is float or BFloat16.
#pragma once
#include "finish.h"

struct Maps { int images, height, width, inputs, outputs; };

/** Floats that `prepareFilters` makes of filters [3, 3, inputs, outputs] for maps of T. */
template <class T> long preparedSize(int inputs, int outputs);

/** Filters transformed once for many calls of `convolvePrepared` on maps of T. */
template <class T> void prepareFilters(int inputs, int outputs, const float* filter, float* prepared);

template <class T> void convolvePrepared(const Maps& maps, const T* x, const float* prepared, Finish<T> finish, T* y);

template <class T> void convolve(const Maps& maps, const T* x, const float* filter, T* y);
template <class T> void inputGradient(const Maps& maps, const T* dy, const float* filter, T* dx);
template <class T> void filterGradient(const Maps& maps, const T* x, const T* dy, float* gradient);
