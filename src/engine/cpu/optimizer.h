// One optimiser step on one tensor in one pass over memory; PyTorch's definitions (see src/train/optimizer.ts).
#pragma once
#include "dense.h"
#include "sgd.h"

struct AdamW { float rate, correction1, correction2, decay, beta1, beta2, epsilon; };

void sgd(const Sgd& sgd, long size, const float* parameter, const float* velocity, const float* gradient, float* newParameter, float* newVelocity);
/** sgd of a dense layer's weights [outputs, inputs] with the gradient dy [rows, outputs]^T * x [rows, inputs], which is never written down. */
void denseSgd(const Dense& sizes, const Sgd& sgd, const float* parameter, const float* velocity, const float* dy, const float* x, float* newParameter, float* newVelocity);

/** denseSgd, and the gradient dx [rows, inputs] = dy * parameter in the same pass over the weights. Both products are of bfloat16 where tiles of it are multiplied. */
void denseStep(const Dense& sizes, const Sgd& sgd, const float* parameter, const float* velocity, const float* dy, const float* x, float* newParameter, float* newVelocity, float* dx);

void adamW(const AdamW& adam, long size, const float* parameter, const float* mean, const float* square, const float* gradient, float* newParameter, float* newMean, float* newSquare);
