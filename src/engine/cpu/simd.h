// Vectors of floats as wide as the processor's, and activations stored as float32 or bfloat16.
#pragma once
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#if defined(__AVX2__)
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
using Words = uint16_t __attribute__((vector_size(LANES * 4)));

#define INLINE __attribute__((always_inline))

template <int... I, class F>
INLINE inline void inTurn(std::integer_sequence<int, I...>, F f) { (f(std::integral_constant<int, I>{}), ...); }

/** f(0) ... f(N - 1), each number known to the compiler: only then do arrays indexed by it live in registers from first to last. */
template <int N, class F>
INLINE inline void times(F f) { inTurn(std::make_integer_sequence<int, N>{}, f); }

/**
 * Runs f(N, c) for N vectors of channels from c on: as many together as let maps be read one number after another, where a
 * vector a place would be a jump a place.
 */
template <class F>
INLINE inline void overTogether(int channels, F f) {
  constexpr int MOST = 64 / LANES;
  int c = 0;
  for (; c + MOST * LANES <= channels; c += MOST * LANES) f(std::integral_constant<int, MOST>{}, c);
  for (; c < channels; c += LANES) f(std::integral_constant<int, 1>{}, c);
}

/** The upper half of a float32. */
struct BFloat16 { uint16_t bits; };

inline Lanes load(const float* from) { Lanes x; std::memcpy(&x, from, sizeof x); return x; }
inline void store(float* to, Lanes x) { std::memcpy(to, &x, sizeof x); }

/** Each half as the lower half of its lane: one instruction, where a compiler left alone makes five. */
inline Bits widened(Halves x) {
#if defined(__AVX512F__)
  return (Bits)_mm512_cvtepu16_epi32((__m256i)x);
#elif defined(__AVX2__)
  return (Bits)_mm256_cvtepu16_epi32((__m128i)x);
#else
  return __builtin_convertvector(x, Bits);
#endif
}

inline Halves halves(const BFloat16* from) { Halves x; std::memcpy(&x, from, sizeof x); return x; }
inline Lanes load(const BFloat16* from) { return (Lanes)(widened(halves(from)) << 16); }

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

/** Past the caches, for what is not read again soon: a line is not fetched before it is written over. `to` must be aligned, `allPast` must follow. */
inline void storePast(float* to, Lanes x) {
#if defined(__AVX512F__)
  _mm512_stream_ps(to, (__m512)x);
#elif defined(__AVX2__)
  _mm256_stream_ps(to, (__m256)x);
#else
  store(to, x);
#endif
}

/** Other threads see what was stored past the caches. */
inline void allPast() {
#if defined(__AVX2__)
  _mm_sfence();
#endif
}

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
#if defined(__AVX512BF16__)
  const __m512i zipped = (__m512i)(Words{0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31});
  return (Lanes)_mm512_permutexvar_epi16(zipped, (__m512i)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first));
#else
  return (Lanes)(widened(rounded(first)) | widened(rounded(second)) << 16);
#endif
}

/** As paired, of numbers that are bfloat16 already. */
inline Lanes joined(const BFloat16* first, const BFloat16* second) { return (Lanes)(widened(halves(first)) | widened(halves(second)) << 16); }

/** By its bits: an addition to zero would flush a pair of bfloat16 whose upper half is zero, which reads as a denormal float32. */
inline Lanes all(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return (Lanes)(Bits{} + bits);
}
inline Lanes larger(Lanes a, Lanes b) { return a > b ? a : b; }
inline Lanes rectified(Lanes x) { return x < Lanes{} ? Lanes{} : x; }  // a NaN stays one

inline float sumOf(Lanes x) {
  float sum = 0;
  for (int i = 0; i < LANES; i++) sum += x[i];
  return sum;
}
