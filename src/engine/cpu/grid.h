// Where convolutions look: places that walk over maps, and maps with a margin of zeros, cut into planes so that what neighbouring
// outputs see through one tap of the filters lies one place apart, from the first row of the first map to the last of the last.
#pragma once
#include <vector>

/** x [images, height, width, inputs], its convolution [images, down, across, outputs], filters [size, size, inputs, outputs]. */
struct Window { int images, height, width, inputs, down, across, outputs, size, stride, margin; };

/**
 * Row y and column x of a map, its margin included, are in plane (y % stride, x % stride). A plane has `pitch` places a row and
 * `rows` rows a map; the margin at the right of a row is that at the left of the next, and so it is from map to map.
 * What lies beyond the last map must read as zeros.
 */
struct Grid {
  int images, height, width, margin, stride, rows, pitch;

  Grid(int images, int height, int width, int margin, int stride)
    : images(images), height(height), width(width), margin(margin), stride(stride), rows((height + margin + stride - 1) / stride), pitch((width + margin + stride - 1) / stride) {}

  long places() const { return long(images) * rows * pitch; }
  int planes() const { return stride * stride; }
  int plane(int row, int column) const { return row % stride * stride + column % stride; }
  /** From an output's place to the one it sees through this tap, in the tap's plane. */
  long offset(int row, int column) const { return long(row / stride) * pitch + column / stride; }

  /** Maps without a margin on the places of this grid: what a convolution makes of it. */
  Grid of(int down, int across) const {
    Grid made = *this;
    made.height = down, made.width = across, made.margin = 0, made.stride = 1;
    return made;
  }
};

/** Places [images, down, across], of which each is or looks at row `row * step + top` and column `column * step + left` of maps [images, height, width]. */
struct View { int images, down, across, step, top, left, height, width; };

/** What the places of a convolution's output see through one tap of its filters. */
inline View seenThrough(const Window& w, int tap) {
  return {w.images, w.down, w.across, w.stride, tap / w.size - w.margin, tap % w.size - w.margin, w.height, w.width};
}

/** One tap of the filters, and what is seen through it. */
struct Tap { int filter; View seen; };

/** Sums over taps for as many places as `target` has, and where they go. */
struct Pass { View target; std::vector<Tap> taps; };

/** Filters as they are laid out for sums over their taps. */
struct Layout { int inputs, outputs, taps; const float* filters; };

/** A convolution's sums: places of x, to places of y. */
inline Pass passOf(const Window& w) {
  Pass pass{{w.images, w.down, w.across, 1, 0, 0, w.down, w.across}, {}};
  for (int tap = 0; tap < w.size * w.size; tap++) pass.taps.push_back({tap, seenThrough(w, tap)});
  return pass;
}

/** Those of its input's gradient: places of dy, to places of dx. Places of x that are a stride apart are seen through the same taps. */
inline std::vector<Pass> gradientPasses(const Window& w) {
  const auto every = [&](int extent, int first) { return (extent - first + w.stride - 1) / w.stride; };
  std::vector<Pass> passes;
  for (int top = 0; top < w.stride; top++) for (int left = 0; left < w.stride; left++) {
    Pass pass{{w.images, every(w.height, top), every(w.width, left), w.stride, top, left, w.height, w.width}, {}};
    for (int tap = 0; tap < w.size * w.size; tap++) {
      const int down = top + w.margin - tap / w.size, across = left + w.margin - tap % w.size;
      if (down % w.stride || across % w.stride) continue;
      pass.taps.push_back({tap, {w.images, pass.target.down, pass.target.across, 1, down / w.stride, across / w.stride, w.down, w.across}});
    }
    passes.push_back(pass);
  }
  return passes;
}

/** Places one after another, from the first row of the first image on. */
class Walk {
 public:
  explicit Walk(const View& view, long first = 0) : view(view), column(first % view.across), row(first / view.across % view.down), image(first / view.across / view.down) {}

  /** Of a plane of a grid. */
  explicit Walk(const Grid& grid, int plane = 0, long first = 0)
    : Walk(View{grid.images, grid.rows, grid.pitch, grid.stride, plane / grid.stride - grid.margin, plane % grid.stride - grid.margin, grid.height, grid.width}, first) {}

  /** The next place's numbers in maps [images, height, width, channels]; outside of them, `zeros`. */
  template <class T> T* next(T* maps, int channels, T* zeros) {
    const int y = row * view.step + view.top, x = column * view.step + view.left;
    const bool isInside = image < view.images && y >= 0 && y < view.height && x >= 0 && x < view.width;
    T* place = isInside ? maps + ((long(image) * view.height + y) * view.width + x) * channels : zeros;
    if (++column == view.across) column = 0, row++;
    if (row == view.down) row = 0, image++;
    return place;
  }

 private:
  const View view;
  int column, row, image;
};
