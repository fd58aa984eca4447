// One step of SGD on a number, or on a vector of them.
#pragma once

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
