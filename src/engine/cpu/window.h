// Convolutions of any size and stride as a product of matrices, for networks that no longer train: filters are laid out once,
// bias and ReLU joined. Channels must be multiples of 16. T is float or BFloat16, multiplied in pairs where the processor can.
#pragma once
#include "filtergrad.h"

/** Floats that `layOut` makes of filters [size, size, inputs, outputs] for maps of T. */
template <class T> long laidOutSize(int size, int inputs, int outputs);

template <class T> void layOut(int size, int inputs, int outputs, const float* filter, float* laidOut);

/** y = convolution + bias [outputs], then ReLU if `relu`. */
template <class T> void convolveWindow(const Window& window, const T* x, const float* laidOut, const float* bias, bool relu, T* y);
