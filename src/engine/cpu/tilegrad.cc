#include "tileconv.h"

#if IAL_TILES
#include <algorithm>
#include <vector>
#include "grid.h"
#include "threads.h"

namespace {

constexpr long CACHED = 3 * 512 * 1024;  // bytes of x and dy that all threads work on at once

long up(long number, long step) { return (number + step - 1) / step * step; }

/** dy [32 outputs each][32 places each][32 outputs][32 places]: what is multiplied at once lies in one piece. */
struct Turned {
  BFloat16* at;
  long size;  // numbers of 32 outputs
};

/**
 * x in pairs of places, [plane][parity][32 channels each][pair][32]. Of parity 0 a pair begins at an even place, of parity 1
 * at an odd one, so that what is seen through any tap begins with a pair.
 */
struct Paired {
  float* at;
  long size;  // floats of 32 channels
  int slices;
  float* slice(int plane, long parity, int slice) const { return at + ((plane * 2 + parity) * slices + slice) * size; }
};

/** 32 places from `walk` on, of which `place` is the first. */
void turnPlaces(Walk walk, const BFloat16* dy, int channels, const BFloat16* zeros, const Turned& to, long place) {
  const BFloat16* at[TILE_DEPTH];
  for (auto& place : at) place = walk.next(dy, channels, zeros);
  for (int c = 0; c < channels; c += LANES) {
    Lanes pairs[LANES];
    for (int i = 0; i < LANES; i++) pairs[i] = joined(at[2 * i] + c, at[2 * i + 1] + c);
    transpose(pairs);
    for (int i = 0; i < LANES; i++) std::memcpy(to.at + c / SQUARE * to.size + place * SQUARE + (c % SQUARE + i) * TILE_DEPTH, &pairs[i], sizeof pairs[i]);
  }
}

/** 16 pairs of each parity from `walk` on, of which `pair` is the first. */
void pairPlaces(Walk walk, const BFloat16* x, int plane, const BFloat16* zeros, const Paired& to, long pair) {
  const BFloat16* at[TILE_DEPTH + 1];
  for (auto& place : at) place = walk.next(x, to.slices * SQUARE, zeros);
  for (int slice = 0; slice < to.slices; slice++) for (int parity = 0; parity < 2; parity++) {
    float* row = to.slice(plane, parity, slice) + pair * SQUARE;
    for (int i = parity; i + 1 <= TILE_DEPTH; i += 2) for (int c = 0; c < SQUARE; c += LANES, row += LANES)
      store(row, joined(at[i] + slice * SQUARE + c, at[i + 1] + slice * SQUARE + c));
  }
}

/** sums [32 outputs][32 inputs] (+)= dy times x over all places */
void addPlaces(const BFloat16* dy, const float* x, long places, bool isFirst, float* sums) {
  Square square = isFirst ? Square() : Square(sums);
  for (long place = 0; place < places; place += TILE_DEPTH) square.add({dy + place * SQUARE, TILE_DEPTH * long(sizeof(BFloat16))}, x + place / 2 * SQUARE);
  square.store(sums);
}

/** Sums [32 inputs each][32 outputs each][tap][32 outputs][32 inputs] to the gradient [tap][inputs][outputs]. */
void arrange(const Window& w, const float* sums, float* gradient) {
  const int taps = w.size * w.size, across = w.outputs / SQUARE;
  parallel(w.inputs / SQUARE * across * taps, [&](int task) {
    const int square = task / taps, tap = task % taps;
    float* to = gradient + (long(tap) * w.inputs + square / across * SQUARE) * w.outputs + square % across * SQUARE;
    for (int o = 0; o < SQUARE; o += LANES) for (int i = 0; i < SQUARE; i += LANES) {
      Lanes rows[LANES];
      for (int r = 0; r < LANES; r++) rows[r] = load(sums + (long(task) * SQUARE + o + r) * SQUARE + i);
      transpose(rows);
      for (int r = 0; r < LANES; r++) store(to + long(i + r) * w.outputs + o, rows[r]);
    }
  });
}

}  // namespace

void tileFilterGradient(const Window& w, const BFloat16* x, const BFloat16* dy, float* gradient) {
  const Grid all(w.images, w.height, w.width, w.margin, w.stride);
  const std::vector<BFloat16> zeros(std::max(w.inputs, w.outputs));
  const int last = w.size - 1, taps = w.size * w.size, threads = threadCount(), planes = w.size == 1 ? 1 : all.planes();
  const long bytes = long(all.rows) * all.pitch * (2 * planes * w.inputs + w.outputs) * sizeof(BFloat16);
  const int most = std::max<long>(1, CACHED / bytes), groups = (w.images + most - 1) / most;
  const int across = w.outputs / SQUARE, tasks = w.inputs / SQUARE * across * taps;
  float* sums = scratch(2, long(tasks) * SQUARE * SQUARE);
  for (int group = 0; group < groups; group++) {
    const int first = long(w.images) * group / groups;
    Grid seen = all;
    seen.images = int(long(w.images) * (group + 1) / groups - first);
    const Grid made = seen.of(w.down, w.across);
    const long places = up(seen.places(), TILE_DEPTH), reach = up(places + all.offset(last, last), TILE_DEPTH);
    const Turned turned{reinterpret_cast<BFloat16*>(scratch(0, places * w.outputs / 2)), places * SQUARE};
    const Paired paired{scratch(1, planes * reach * w.inputs), reach / 2 * SQUARE, w.inputs / SQUARE};
    const BFloat16* maps = x + long(first) * w.height * w.width * w.inputs;
    const BFloat16* gradients = dy + long(first) * w.down * w.across * w.outputs;
    const int blocks = int(reach / TILE_DEPTH), parts = std::min(blocks, 4 * threads);
    parallel(parts, [&](int part) {
      for (long block = long(blocks) * part / parts; block < long(blocks) * (part + 1) / parts; block++) {
        const long place = block * TILE_DEPTH;
        for (int plane = 0; plane < planes; plane++) pairPlaces(Walk(seen, plane, place), maps, plane, zeros.data(), paired, place / 2);
        if (place < places) turnPlaces(Walk(made, 0, place), gradients, w.outputs, zeros.data(), turned, place);
      }
    });
    const int shares = std::min(tasks, 16 * threads);
    parallel(shares, [&](int share) {
      const TileRegisters registers;
      for (long task = long(tasks) * share / shares; task < long(tasks) * (share + 1) / shares; task++) {
        const int square = task / taps, row = task % taps / w.size, column = task % taps % w.size;
        const long offset = seen.offset(row, column);
        const float* seenThere = paired.slice(seen.plane(row, column), offset % 2, square / across) + offset / 2 * SQUARE;
        addPlaces(turned.at + square % across * turned.size, seenThere, places, group == 0, sums + task * SQUARE * SQUARE);
      }
    });
  }
  arrange(w, sums, gradient);
}

#endif
