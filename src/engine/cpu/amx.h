// Matrices of bfloat16 multiplied a tile at once (Intel AMX), in the one build that is compiled for it.
#pragma once
#include "simd.h"

#if defined(__AMX_BF16__) && defined(__AVX512BF16__) && defined(__linux__)
#define IAL_TILES 1
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

constexpr bool HAS_TILES = true;

/** Rows and columns of a product that the registers hold at once: 2 x 2 tiles of 16 x 16. */
constexpr int SQUARE = 32;

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

/** Two tiles of a matrix: `next` bytes from one to the other, `stride` bytes from row to row. */
struct TilePair { const void* at; long next, stride; const void* second() const { return static_cast<const char*>(at) + next; } };

/** What was written before is in memory: GCC does not know that tiles are loaded from there. */
inline void settle() { asm volatile("" : : : "memory"); }

inline void zeroSquare() { settle(); _tile_zero(0); _tile_zero(1); _tile_zero(2); _tile_zero(3); }

/** square += a * b: 16 rows of 32 numbers each in a's tiles, 16 rows of 16 pairs in b's. */
inline void addToSquare(TilePair a, TilePair b) {
  _tile_loadd(4, a.at, a.stride);
  _tile_loadd(6, b.at, b.stride);
  _tile_dpbf16ps(0, 4, 6);
  _tile_loadd(7, b.second(), b.stride);
  _tile_dpbf16ps(1, 4, 7);
  _tile_loadd(5, a.second(), a.stride);
  _tile_dpbf16ps(2, 5, 6);
  _tile_dpbf16ps(3, 5, 7);
}

/** `stride` floats from one of the 32 rows to the next. */
inline void loadSquare(const float* from, long stride) {
  settle();
  _tile_loadd(0, from, stride * 4);
  _tile_loadd(1, from + 16, stride * 4);
  _tile_loadd(2, from + 16 * stride, stride * 4);
  _tile_loadd(3, from + 16 * stride + 16, stride * 4);
}

inline void storeSquare(float* to, long stride) {
  _tile_stored(0, to, stride * 4);
  _tile_stored(1, to + 16, stride * 4);
  _tile_stored(2, to + 16 * stride, stride * 4);
  _tile_stored(3, to + 16 * stride + 16, stride * 4);
}

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
#endif
