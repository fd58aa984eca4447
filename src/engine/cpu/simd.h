// Vectors of floats as wide as the processor's, and activations stored as float32 or bfloat16.
#pragma once
#include <cstdint>
#include <cstring>
#if defined(__AVX512BF16__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
constexpr int LANES = 16;
#elif defined(__AVX2__)
constexpr int LANES = 8;
#else
constexpr int LANES = 4;
#endif

using Lanes = float __attribute__((vector_size(LANES * 4)));
using Bits = uint32_t __attribute__((vector_size(LANES * 4)));
using Halves = uint16_t __attribute__((vector_size(LANES * 2)));

/** The upper half of a float32. */
struct BFloat16 { uint16_t bits; };

inline Lanes load(const float* from) { Lanes x; std::memcpy(&x, from, sizeof x); return x; }
inline void store(float* to, Lanes x) { std::memcpy(to, &x, sizeof x); }

inline Lanes load(const BFloat16* from) {
  Halves half;
  std::memcpy(&half, from, sizeof half);
  return (Lanes)(__builtin_convertvector(half, Bits) << 16);
}

#if defined(__AVX512BF16__)
/** Rounds to nearest even; a NaN stays one. Denormals become zero, as everywhere in TensorFlow's threads. */
inline Halves rounded(Lanes x) { return (Halves)_mm512_cvtneps_pbh((__m512)x); }
#else
/** Rounds to nearest even; a NaN stays one. */
inline Halves rounded(Lanes x) {
  const Bits bits = (Bits)x;
  const Bits nearest = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const Bits isNumber = (Bits)(x == x);
  return __builtin_convertvector((nearest & isNumber) | (0x7fc0 & ~isNumber), Halves);
}
#endif

inline void store(BFloat16* to, Lanes x) {
  const Halves half = rounded(x);
  std::memcpy(to, &half, sizeof half);
}

inline float widened(BFloat16 x) {
  const uint32_t bits = uint32_t(x.bits) << 16;
  float number;
  std::memcpy(&number, &bits, sizeof number);
  return number;
}

/** A lane holds two bfloat16 numbers, `first` in its lower half: what one instruction multiplies in pairs. */
inline Lanes paired(Lanes first, Lanes second) {
  return (Lanes)(__builtin_convertvector(rounded(first), Bits) | (__builtin_convertvector(rounded(second), Bits) << 16));
}

/** As paired, of numbers that are bfloat16 already. */
inline Lanes joined(const BFloat16* first, const BFloat16* second) {
  const auto bits = [](const BFloat16* from) { Halves half; std::memcpy(&half, from, sizeof half); return __builtin_convertvector(half, Bits); };
  return (Lanes)(bits(first) | bits(second) << 16);
}

/** By its bits: an addition to zero would flush a pair of bfloat16 whose upper half is zero, which reads as a denormal float32. */
inline Lanes all(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return (Lanes)(Bits{} + bits);
}
inline Lanes larger(Lanes a, Lanes b) { return a > b ? a : b; }

inline float sumOf(Lanes x) {
  float sum = 0;
  for (int i = 0; i < LANES; i++) sum += x[i];
  return sum;
}
