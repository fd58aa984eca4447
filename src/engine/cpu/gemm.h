// The product of matrices that the Winograd convolutions consist of, with the whole result block in registers.
#pragma once
#include <algorithm>
#include <type_traits>
#include <utility>
#include "simd.h"

/** Rows of a block whose sums stay in registers: 14 x 2 of AVX-512's 32, 6 x 2 of 16. */
constexpr int ROWS = LANES == 16 ? 14 : 6;

/** How sums grow: of products of float32, or of pairs of bfloat16 in lanes of 32 bits. */
struct Floats {
  static Lanes add(Lanes sum, Lanes a, Lanes b) { return sum + a * b; }
};

#if defined(__AVX512BF16__)
constexpr bool HAS_PAIRS = true;
struct Pairs {
  static Lanes add(Lanes sum, Lanes a, Lanes b) { return (Lanes)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b); }
};
#else
constexpr bool HAS_PAIRS = false;
using Pairs = Floats; // never used
#endif

/** Whether maps of T are multiplied in pairs of bfloat16. */
template <class T> constexpr bool IN_PAIRS = sizeof(T) == 2 && HAS_PAIRS;

/** Numbers of maps of T in a lane, and how their products are summed up. */
template <class T> constexpr int TOGETHER = IN_PAIRS<T> ? 2 : 1;
template <class T> using Product = std::conditional_t<IN_PAIRS<T>, Pairs, Floats>;

/** What maps of T are multiplied in. Winograd's products in bfloat16 are exact to one percent, four times the rounding of maps and filters to it. */
template <class T> using Multiplied = std::conditional_t<IN_PAIRS<T>, BFloat16, float>;

/** Number k of a row as it is multiplied: one number, or the k-th pair of bfloat16. */
template <class T>
inline float multiplied(const T* row, int k) {
  if constexpr (IN_PAIRS<T>) {
    float pair;
    std::memcpy(&pair, row + 2 * k, sizeof pair);
    return pair;
  } else if constexpr (sizeof(T) == 2) return widened(row[k]);
  else return row[k];
}

/** Columns that a panel of the right matrix has. */
constexpr int WIDE = 2 * LANES;

/** A(row, k) is at a[row * row stride + k * k stride]. */
struct Left { const float* a; long rowStride, kStride; };

/** c[R][N * LANES] (+)= A[R][depth] * b[depth][N * LANES] */
template <class Sum, int R, int N>
void block(Left left, const float* b, long bStride, int depth, float* c, long cStride, bool add) {
  Lanes sums[R][N];
  if (add) times<R>([&](auto r) INLINE { times<N>([&](auto n) INLINE { sums[r][n] = load(c + r * cStride + n * LANES); }); });
  else times<R>([&](auto r) INLINE { times<N>([&](auto n) INLINE { sums[r][n] = Lanes{}; }); });
  for (int k = 0; k < depth; k++) {
    Lanes row[N];
    times<N>([&](auto n) INLINE { row[n] = load(b + k * bStride + n * LANES); });
    times<R>([&](auto r) INLINE {
      const Lanes x = all(left.a[r * left.rowStride + k * left.kStride]);
      times<N>([&](auto n) INLINE { sums[r][n] = Sum::add(sums[r][n], x, row[n]); });
    });
  }
  times<R>([&](auto r) INLINE { times<N>([&](auto n) INLINE { store(c + r * cStride + n * LANES, sums[r][n]); }); });
}

using Block = void (*)(Left, const float*, long, int, float*, long, bool);

template <class Sum, int N, int... R>
constexpr Block blockOf(int rows, std::integer_sequence<int, R...>) {
  constexpr Block blocks[] = {block<Sum, R + 1, N>...};
  return blocks[rows - 1];
}

/** Columns [0, N * LANES) of c (+)= A[rows][depth] * b. Rows are shared out evenly among the blocks. */
template <class Sum, int N>
void panel(Left left, int rows, const float* b, long bStride, int depth, float* c, long cStride, bool add) {
  const int blocks = (rows + ROWS - 1) / ROWS;
  for (int i = 0; i < blocks; i++) {
    const int first = rows * i / blocks, count = rows * (i + 1) / blocks - first;
    blockOf<Sum, N>(count, std::make_integer_sequence<int, ROWS>{})({left.a + first * left.rowStride, left.rowStride, left.kStride}, b, bStride, depth, c + first * cStride, cStride, add);
  }
}

// compiled once, in gemm.cc: a hundred blocks, which every file that multiplies would compile again
#define PANELS(Sum, N) template void panel<Sum, N>(Left, int, const float*, long, int, float*, long, bool);
extern PANELS(Floats, 1)
extern PANELS(Floats, 2)
#if defined(__AVX512BF16__)
extern PANELS(Pairs, 1)
extern PANELS(Pairs, 2)
#endif

/** c[rows][columns] (+)= A[rows][depth] * b[depth][columns]: whole panels, and a vector of columns that is left. */
template <class Sum>
void multiplyColumns(Left left, int rows, const float* b, long bStride, int depth, int columns, float* c, long cStride, bool add) {
  for (int n = 0; n < columns; n += WIDE) {
    if (columns - n >= WIDE) panel<Sum, 2>(left, rows, b + n, bStride, depth, c + n, cStride, add);
    else panel<Sum, 1>(left, rows, b + n, bStride, depth, c + n, cStride, add);
  }
}
