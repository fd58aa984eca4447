// Maps with a margin of zeros, cut into planes so that what neighbouring outputs of a convolution see through one tap of its
// filters lies one place apart, from the first row of the first map to the last of the last.
#pragma once

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

/** The places of a plane, one after another. */
class Walk {
 public:
  explicit Walk(const Grid& grid, int plane = 0, long first = 0)
    : grid(grid), top(plane / grid.stride - grid.margin), left(plane % grid.stride - grid.margin), column(first % grid.pitch), row(first / grid.pitch % grid.rows), image(first / grid.pitch / grid.rows) {}

  /** The next place's numbers in maps [images, height, width, channels]; outside of them, `zeros`. */
  template <class T> const T* next(const T* maps, int channels, const T* zeros) {
    const int y = row * grid.stride + top, x = column * grid.stride + left;
    const bool isInside = image < grid.images && y >= 0 && y < grid.height && x >= 0 && x < grid.width;
    const T* place = isInside ? maps + ((long(image) * grid.height + y) * grid.width + x) * channels : zeros;
    if (++column == grid.pitch) column = 0, row++;
    if (row == grid.rows) row = 0, image++;
    return place;
  }

 private:
  const Grid grid;
  const int top, left;
  int column, row, image;
};
