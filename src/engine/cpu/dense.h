// Products of rows with the weights of a dense layer: every weight is read once, however few the rows. T is float or BFloat16, summed up in float32.
#pragma once
#include "simd.h"

/** Sizes of a dense layer: `inputs` must be a multiple of 16. */
struct Dense { int rows, inputs, outputs; };

/** y [rows, outputs] = x [rows, inputs] * weight [outputs, inputs]^T + bias [outputs] and what lies `beside` [rows, outputs], if there are such. */
template <class T, class Y> void dense(const Dense& sizes, const T* x, const T* weight, const float* bias, const Y* beside, Y* y);

/** As dense, of weights that may change from call to call: where tiles of bfloat16 are multiplied, they and x are rounded on the way. */
void denseRounded(const Dense& sizes, const float* x, const float* weight, const float* bias, float* y);

/** As dense, in tiles: inputs and outputs must suit them (amx.h). */
template <class Y> void denseTiles(const Dense& sizes, const BFloat16* x, const BFloat16* weight, const float* bias, const Y* beside, Y* y);
void denseTilesRounded(const Dense& sizes, const float* x, const float* weight, const float* bias, float* y);
