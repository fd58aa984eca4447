// A product of few rows with the weights of a dense layer: every weight is read once, whatever the number of rows.
#pragma once

/** Sizes of a dense layer: `inputs` must be a multiple of 16. */
struct Dense { int rows, inputs, outputs; };

/** y [rows, outputs] = x [rows, inputs] * weight [outputs, inputs]^T + bias [outputs]. T is float or BFloat16, summed up in float32. */
template <class T> void dense(const Dense& sizes, const T* x, const T* weight, const float* bias, T* y);
