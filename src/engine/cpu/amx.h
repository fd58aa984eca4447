// Matrices of bfloat16 multiplied a tile at once (Intel AMX), in the one build that is compiled for it.
#pragma once
#include "simd.h"

/** Rows and columns of a product that the registers hold at once: 2 x 2 tiles of 16 x 16. */
constexpr int SQUARE = 32;

#if defined(__AMX_TILE__) && defined(__AMX_BF16__) && defined(__AVX512BF16__) && defined(__linux__)
#define IAL_TILES 1
#include <sys/syscall.h>
#include <unistd.h>

constexpr bool HAS_TILES = true;

/** Numbers of bfloat16 that one instruction sums up: a tile's row. */
constexpr int TILE_DEPTH = 32;

/** A process must ask Linux for the registers. @returns whether it has them */
inline bool askForTiles() {
  constexpr int REQUEST = 0x1023, TILE_DATA = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, REQUEST, TILE_DATA) == 0;
}

/** The calling thread's registers, eight tiles of 16 rows of 64 bytes, as long as this lives. */
class TileRegisters {
 public:
  TileRegisters() {
    struct { uint8_t palette = 1, start = 0, reserved[14] = {}; uint16_t columns[16] = {}; uint8_t rows[16] = {}; } shape;
    for (int i = 0; i < 8; i++) shape.columns[i] = 64, shape.rows[i] = 16;
    asm volatile("" : : "r"(&shape) : "memory");  // GCC takes the instruction for one that reads eight bytes
    _tile_loadconfig(&shape);
  }
  ~TileRegisters() { _tile_release(); }
  TileRegisters(const TileRegisters&) = delete;
};

/** 32 rows of 32 numbers, each `stride` bytes from the next. */
struct Rows { const BFloat16* at; long stride; };

/** Floats of the 16 rows of 32 pairs that the right side of a product is made of for each step. */
constexpr int STEP = TILE_DEPTH / 2 * SQUARE;

/** 32 numbers of bfloat16, from one place to another. */
inline void copySlice(const BFloat16* from, BFloat16* to) { _mm512_storeu_si512(to, _mm512_loadu_si512(from)); }

/** What was written before is in memory: GCC does not know that tiles are loaded from there. */
inline void settle() { asm volatile("" : : : "memory"); }

/**
 * 32 x 32 sums in the registers, to which products are added. The operands of each are loaded while the one before is
 * multiplied: faster than one after the other, most so where a neighbour keeps the same core busy.
 */
class Square {
 public:
  Square() { settle(); _tile_zero(0); _tile_zero(1); _tile_zero(2); _tile_zero(3); }

  /** Goes on from [32][32]. */
  explicit Square(const float* from) {
    settle();
    _tile_loadd(0, from, ROW);
    _tile_loadd(1, from + LANES, ROW);
    _tile_loadd(2, from + LANES * SQUARE, ROW);
    _tile_loadd(3, from + LANES * SQUARE + LANES, ROW);
  }

  /** += a * b */
  void add(Rows a, const float* b) {
    if (isPending) { _tile_dpbf16ps(0, 4, 6); _tile_dpbf16ps(1, 4, 7); }
    _tile_loadd(4, a.at, a.stride);
    if (isPending) _tile_dpbf16ps(2, 5, 6);
    _tile_loadd(6, b, ROW);
    if (isPending) _tile_dpbf16ps(3, 5, 7);
    _tile_loadd(5, reinterpret_cast<const char*>(a.at) + LANES * a.stride, a.stride);
    _tile_loadd(7, b + LANES, ROW);
    isPending = true;
  }

  /** To [32][32]. */
  void store(float* to) {
    if (isPending) { _tile_dpbf16ps(0, 4, 6); _tile_dpbf16ps(1, 4, 7); _tile_dpbf16ps(2, 5, 6); _tile_dpbf16ps(3, 5, 7); }
    _tile_stored(0, to, ROW);
    _tile_stored(1, to + LANES, ROW);
    _tile_stored(2, to + LANES * SQUARE, ROW);
    _tile_stored(3, to + LANES * SQUARE + LANES, ROW);
  }

 private:
  static constexpr long ROW = SQUARE * sizeof(float);

  bool isPending = false;  // whether operands wait in the registers
};

/** 16 x 16 numbers of 32 bits, rows to columns. */
inline void transpose(Lanes rows[16]) {
  __m512i r[16], t[16];
  std::memcpy(r, rows, sizeof r);
  for (int i = 0; i < 16; i += 2) t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]), t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  for (int i = 0; i < 16; i += 4) for (int half = 0; half < 2; half++) {
    r[i + 2 * half] = _mm512_unpacklo_epi64(t[i + half], t[i + 2 + half]);
    r[i + 2 * half + 1] = _mm512_unpackhi_epi64(t[i + half], t[i + 2 + half]);
  }
  for (int i = 0; i < 4; i++) {  // r[i], r[i + 4], ... hold quarters of columns i, i + 4, ...
    const __m512i even = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88), odd = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    const __m512i even2 = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88), odd2 = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
    rows[i] = (Lanes)_mm512_shuffle_i32x4(even, even2, 0x88);
    rows[i + 4] = (Lanes)_mm512_shuffle_i32x4(odd, odd2, 0x88);
    rows[i + 8] = (Lanes)_mm512_shuffle_i32x4(even, even2, 0xdd);
    rows[i + 12] = (Lanes)_mm512_shuffle_i32x4(odd, odd2, 0xdd);
  }
}

#else
#define IAL_TILES 0
constexpr bool HAS_TILES = false;
inline bool askForTiles() { return false; }
class TileRegisters {};
#endif

/** Whether this build multiplies maps of T in tiles, what it needs for that, and whether layers of so many inputs and outputs suit. */
template <class T> constexpr bool IN_TILES = HAS_TILES && sizeof(T) == 2;
struct NoRegisters { NoRegisters() {} };
template <class T> using RegistersOf = std::conditional_t<IN_TILES<T>, TileRegisters, NoRegisters>;
inline bool suitsTiles(int inputs, int outputs) { return inputs % SQUARE == 0 && outputs % SQUARE == 0; }
