#include "optimizer.h"
#include <algorithm>
#include <cmath>
#include "amx.h"
#include "gemm.h"
#include "threads.h"
#include "tilestep.h"

namespace {

/** @param isPast written past the caches */
void update(const Sgd& s, bool isPast, long count, const float* __restrict gradient, const float* __restrict parameter, const float* __restrict velocity, float* __restrict newParameter, float* __restrict newVelocity) {
  long i = 0;
  if (isPast) {
    for (; i + LANES <= count; i += LANES) {
      const Step<Lanes> step = stepOf(s, load(gradient + i), load(parameter + i), load(velocity + i));
      storePast(newVelocity + i, step.velocity);
      storePast(newParameter + i, step.parameter);
    }
    allPast();
  }
  for (; i < count; i++) {
    const Step<float> step = stepOf(s, gradient[i], parameter[i], velocity[i]);
    newVelocity[i] = step.velocity;
    newParameter[i] = step.parameter;
  }
}

}  // namespace

void sgd(const Sgd& s, long size, const float* parameter, const float* velocity, const float* gradient, float* newParameter, float* newVelocity) {
  overParts(size, [=](long i, long end) { update(s, isLarge(size), end - i, gradient + i, parameter + i, velocity + i, newParameter + i, newVelocity + i); });
}

void denseSgd(const Dense& d, const Sgd& s, const float* parameter, const float* velocity, const float* dy, const float* x, float* newParameter, float* newVelocity) {
  const int blocks = (d.outputs + ROWS - 1) / ROWS, parts = std::min(blocks, 4 * threadCount());
  parallel(parts, [&](int part) {
    float* gradient = scratch(0, long(ROWS) * d.inputs);  // of some outputs' weights, which lie one behind another: so memory is read and written in order
    for (int block = long(blocks) * part / parts; block < long(blocks) * (part + 1) / parts; block++) {
      const int first = long(d.outputs) * block / blocks, count = long(d.outputs) * (block + 1) / blocks - first;
      multiplyColumns<Floats>({dy + first, 1, d.outputs}, count, x, d.inputs, d.rows, d.inputs, gradient, d.inputs, false);
      const long at = long(first) * d.inputs;
      update(s, isLarge(long(d.outputs) * d.inputs), long(count) * d.inputs, gradient, parameter + at, velocity + at, newParameter + at, newVelocity + at);
    }
  });
}

void denseStep(const Dense& d, const Sgd& s, const float* parameter, const float* velocity, const float* dy, const float* x, float* newParameter, float* newVelocity, float* dx) {
#if IAL_TILES
  if (suitsTiles(d.inputs, d.outputs)) return stepTiles(d, s, parameter, velocity, dy, x, newParameter, newVelocity, dx);
#endif
  denseSgd(d, s, parameter, velocity, dy, x, newParameter, newVelocity);
  const int vectors = d.inputs / LANES, parts = std::min(vectors, 4 * threadCount());
  parallel(parts, [&](int part) {
    const int first = long(vectors) * part / parts * LANES, end = long(vectors) * (part + 1) / parts * LANES;
    multiplyColumns<Floats>({dy, d.outputs, 1}, d.rows, parameter + first, d.inputs, d.outputs, end - first, dx + first, d.inputs, false);
  });
}

void adamW(const AdamW& a, long size, const float* __restrict parameter, const float* __restrict mean, const float* __restrict square, const float* __restrict gradient, float* __restrict newParameter, float* __restrict newMean, float* __restrict newSquare) {
  const float keep = 1 - a.rate * a.decay, rate = a.rate / a.correction1, unbias = 1 / std::sqrt(a.correction2);
  overParts(size, [=](long first, long end) {
    for (long i = first; i < end; i++) {
      newMean[i] = a.beta1 * mean[i] + (1 - a.beta1) * gradient[i];
      newSquare[i] = a.beta2 * square[i] + (1 - a.beta2) * gradient[i] * gradient[i];
      newParameter[i] = keep * parameter[i] - rate * newMean[i] / (std::sqrt(newSquare[i]) * unbias + a.epsilon);
    }
  });
}
