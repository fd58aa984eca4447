#include "amx.h"
#include "tileconv.h"

#if IAL_TILES
#include <algorithm>
#include <vector>
#include "grid.h"
#include "threads.h"

namespace {

constexpr long CACHED = 3 * 512 * 1024;  // bytes of x and dy that all threads work on at once

/** x for the sums over places, [plane][channel][place]: a channel's places lie side by side. */
struct Channels {
  long pitch, plane;
  BFloat16* at;
};

long up(long number, long step) { return (number + step - 1) / step * step; }

/** 32 places of a plane, from `first` on (a multiple of 32), to the channels' rows. */
void turnPlaces(Walk walk, const BFloat16* x, int channels, const BFloat16* zeros, BFloat16* to, long pitch) {
  const BFloat16* at[TILE_DEPTH];
  for (auto& place : at) { const long number = walk.next(); place = number < 0 ? zeros : x + number * channels; }
  for (int c = 0; c < channels; c += LANES) {
    Lanes pairs[LANES];
    for (int i = 0; i < LANES; i++) pairs[i] = joined(at[2 * i] + c, at[2 * i + 1] + c);
    transpose(pairs);
    for (int i = 0; i < LANES; i++) std::memcpy(to + (c + i) * pitch, &pairs[i], sizeof pairs[i]);
  }
}

/** 32 places to 16 rows of pairs, [pair][channel]. */
void pairPlaces(Walk walk, const BFloat16* dy, int channels, const BFloat16* zeros, float* to) {
  for (int pair = 0; pair < TILE_DEPTH / 2; pair++) {
    const BFloat16* at[2];
    for (auto& place : at) { const long number = walk.next(); place = number < 0 ? zeros : dy + number * channels; }
    for (int c = 0; c < channels; c += LANES) store(to + long(pair) * channels + c, joined(at[0] + c, at[1] + c));
  }
}

/** gradient [inputs][outputs] of one tap, the 32 x 32 of it from (i, o) on: sums over places of x through the tap times dy. */
void addSquare(const Channels& x, int plane, long offset, const float* dy, long places, int i, int o, int outputs, float* gradient, bool isFirst) {
  float* to = gradient + long(i) * outputs + o;
  if (isFirst) zeroSquare();
  else loadSquare(to, outputs);
  const BFloat16* a = x.at + plane * x.plane + i * x.pitch + offset;
  const long row = x.pitch * sizeof(BFloat16);
  for (long place = 0; place < places; place += TILE_DEPTH)
    addToSquare({a + place, 16 * row, row}, {dy + place / 2 * outputs + o, 64, long(outputs * sizeof(float))});
  storeSquare(to, outputs);
}

}  // namespace

void tileFilterGradient(const Window& w, const BFloat16* x, const BFloat16* dy, float* gradient) {
  const Grid all(w.images, w.height, w.width, w.margin, w.stride);
  const std::vector<BFloat16> zeros(std::max(w.inputs, w.outputs));
  const long bytes = long(all.rows) * all.pitch * (all.planes() * w.inputs + 2 * w.outputs) * sizeof(BFloat16);
  const int most = std::max<long>(1, CACHED / bytes), groups = (w.images + most - 1) / most, last = w.size - 1, taps = w.size * w.size, threads = threadCount();
  const int planes = std::min(w.size, w.stride) == 1 ? 1 : all.planes();
  const int squares = w.inputs / SQUARE * (w.outputs / SQUARE);
  for (int group = 0; group < groups; group++) {
    const int first = long(w.images) * group / groups;
    Grid seen = all;
    seen.images = int(long(w.images) * (group + 1) / groups - first);
    const Grid made = seen.of(w.down, w.across);
    const long places = up(seen.places(), TILE_DEPTH), reach = up(places + all.offset(last, last), TILE_DEPTH);
    const long pitch = reach % 64 ? reach : reach + 32;  // rows begin in other sets of the cache
    Channels channels{pitch, pitch * w.inputs, reinterpret_cast<BFloat16*>(scratch(0, planes * pitch * w.inputs / 2))};
    float* pairs = scratch(1, places / 2 * w.outputs);
    const BFloat16* maps = x + long(first) * w.height * w.width * w.inputs;
    const BFloat16* gradients = dy + long(first) * w.down * w.across * w.outputs;
    const int blocks = int(reach / TILE_DEPTH), parts = std::min(blocks, 4 * threads);
    parallel(parts, [&](int part) {
      for (long block = long(blocks) * part / parts; block < long(blocks) * (part + 1) / parts; block++) {
        const long place = block * TILE_DEPTH;
        for (int plane = 0; plane < planes; plane++)
          turnPlaces(Walk(seen, plane, place), maps, w.inputs, zeros.data(), channels.at + plane * channels.plane + place, pitch);
        if (place < places) pairPlaces(Walk(made, 0, place), gradients, w.outputs, zeros.data(), pairs + place / 2 * w.outputs);
      }
    });
    const int shares = std::min(squares * taps, 16 * threads);
    parallel(shares, [&](int share) {
      const TileRegisters registers;
      for (long task = long(squares) * taps * share / shares; task < long(squares) * taps * (share + 1) / shares; task++) {
        const int tap = task % taps, square = task / taps, across = w.outputs / SQUARE;
        const int row = tap / w.size, column = tap % w.size;
        addSquare(channels, seen.plane(row, column), seen.offset(row, column), pairs, places, square / across * SQUARE, square % across * SQUARE, w.outputs, gradient + long(tap) * w.inputs * w.outputs, group == 0);
      }
    });
  }
}

#endif
