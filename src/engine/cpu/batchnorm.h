// Batch norm over all places of maps [rows, channels] with the batch's own statistics, ReLU included. Channels must be a
// multiple of 16. T is float or BFloat16; statistics are always float32, summed in double.
#pragma once

struct Norm { long rows; int channels; float epsilon; bool relu; };

/** mean, variance [channels]: the biased variance. */
template <class T> void normalise(const Norm& norm, const T* x, const float* scale, const float* offset, T* y, float* mean, float* variance);

/** y = x normalised with given statistics. */
template <class T> void normaliseWith(const Norm& norm, const T* x, const float* scale, const float* offset, const float* mean, const float* variance, T* y);

template <class T> void normGradient(const Norm& norm, const T* dy, const T* x, const float* scale, const float* offset, const float* mean, const float* variance, T* dx, float* dScale, float* dOffset);
