// What a transformer does to its tokens besides products with weights. T is float or BFloat16, computed in float32.
#pragma once

/** y [rows, size]: each row with mean 0 and variance 1, then scale and offset [size]. Size must be a multiple of 16. */
template <class T, class Y> void normaliseRows(long rows, int size, float epsilon, const T* x, const float* scale, const float* offset, Y* y);

/** dScale, dOffset [size]: sums over all rows. */
template <class T> void normaliseRowsGradient(long rows, int size, float epsilon, const T* dy, const T* x, const float* scale, T* dx, float* dScale, float* dOffset);

/** GELU's tanh approximation of `count` numbers, a multiple of 16. */
template <class T> void gelu(long count, const T* x, T* y);
template <class T> void geluGradient(long count, const T* dy, const T* x, T* dx);

/** Sizes of self-attention: qkv [batch, tokens, 3 * heads * size]. Size must be a multiple of 16. */
struct Attention { int batch, tokens, heads, size; };

/** y [batch, tokens, heads * size]: softmax(q k^T / sqrt(size)) v of each head. */
template <class T> void attend(const Attention& attention, const T* qkv, T* y);
template <class T> void attendGradient(const Attention& attention, const T* dy, const T* qkv, T* dQkv);
