// One optimiser step on one tensor in one pass over memory; PyTorch's definitions (see src/train/optimizer.ts).
#pragma once
#include "dense.h"

struct Sgd { float rate, momentum, decay; };
template <class X> struct Step { X parameter, velocity; };

/** Of one number, or of a vector of them. */
template <class X>
inline Step<X> stepOf(const Sgd& s, X gradient, X parameter, X velocity) {
  const X next = s.momentum * velocity + (gradient + s.decay * parameter);
  return {parameter - s.rate * next, next};
}

/** Of so many numbers the caches hold none until the next step: what becomes of them is written past them. */
inline bool isLarge(long numbers) { return numbers >= 1 << 19; }

struct AdamW { float rate, correction1, correction2, decay, beta1, beta2, epsilon; };

void sgd(const Sgd& sgd, long size, const float* parameter, const float* velocity, const float* gradient, float* newParameter, float* newVelocity);
/** sgd of a dense layer's weights [outputs, inputs] with the gradient dy [rows, outputs]^T * x [rows, inputs], which is never written down. */
void denseSgd(const Dense& sizes, const Sgd& sgd, const float* parameter, const float* velocity, const float* dy, const float* x, float* newParameter, float* newVelocity);

/** denseSgd, and the gradient dx [rows, inputs] = dy * parameter in the same pass over the weights. Both products are of bfloat16 where tiles of it are multiplied. */
void denseStep(const Dense& sizes, const Sgd& sgd, const float* parameter, const float* velocity, const float* dy, const float* x, float* newParameter, float* newVelocity, float* dx);

/** As denseStep, in tiles: inputs and outputs must suit them (amx.h). */
void stepTiles(const Dense& sizes, const Sgd& sgd, const float* parameter, const float* velocity, const float* dy, const float* x, float* newParameter, float* newVelocity, float* dx);

void adamW(const AdamW& adam, long size, const float* parameter, const float* mean, const float* square, const float* gradient, float* newParameter, float* newMean, float* newSquare);
