// Convolutions of any size and stride as a product of matrices, their filters laid out before, once for many calls where they stay.
// Channels must be multiples of 16. T is float or BFloat16, multiplied in pairs where the processor can.
#pragma once
#include "filtergrad.h"
#include "finish.h"

/** [taps][inputs][outputs] -> [taps][outputs][inputs], turned by half a circle: the filters of the input's gradient. */
void turn(int taps, int inputs, int outputs, const float* filter, float* turned);

/** Floats that `layOut` makes of filters [size, size, inputs, outputs] for maps of T. */
template <class T> long laidOutSize(int size, int inputs, int outputs);

template <class T> void layOut(int size, int inputs, int outputs, const float* filter, float* laidOut);

template <class T> void convolveWindow(const Window& window, const T* x, const float* laidOut, Finish<T> finish, T* y);

/** The gradient of x from that of its convolution; `filter` as TensorFlow keeps it. */
template <class T> void windowInputGradient(const Window& window, const T* dy, const float* filter, T* dx);
