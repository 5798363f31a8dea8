#include "host/graph/float_graph/float_kernels.hpp"

#include <algorithm>
#include <limits>

#include "host/base/parallel.hpp"

namespace proofcard::graph {
namespace {

// Position of output cell `out`, window cell `tap` of a window operator in its input plane, or -1 in the padding.
class Window {
 public:
  Window(const FloatNode& n, const Dims& x, const Dims& out)
      : node_(n), in_(x.begin() + 2, x.end()), out_(out.begin() + 2, out.end()) {}

  std::int64_t num_taps() const { return count(node_.kernel); }
  std::int64_t position(std::int64_t out, std::int64_t tap) const {
    std::int64_t at = 0;
    std::int64_t scale = 1;
    for (std::size_t a = in_.size(); a-- > 0;) {
      const std::int64_t o = out % out_[a];
      const std::int64_t k = tap % node_.kernel[a];
      out /= out_[a];
      tap /= node_.kernel[a];
      const std::int64_t i = o * node_.strides[a] + k * node_.dilations[a] - node_.pads[a];
      if (i < 0 || i >= in_[a]) {
        return -1;
      }
      at += i * scale;
      scale *= in_[a];
    }
    return at;
  }

 private:
  const FloatNode& node_;
  Dims in_;
  Dims out_;
};

// c[m][n] += sum_k a[m][k] * b[k][n], in order of k.
void gemm_rows(const float* a, const float* b, float* c, std::size_t m, std::size_t k, std::size_t n) {
  parallel_for(m, 1, [&](std::size_t begin, std::size_t end) {
    constexpr std::size_t kBlock = 512;  // of columns: a block of c stays in the first-level cache
    for (std::size_t column = 0; column < n; column += kBlock) {
      const std::size_t width = std::min(kBlock, n - column);
      for (std::size_t row = begin; row < end; ++row) {
        float* to = c + row * n + column;
        for (std::size_t i = 0; i < k; ++i) {
          const float factor = a[row * k + i];
          const float* from = b + i * n + column;
          for (std::size_t j = 0; j < width; ++j) {
            to[j] += factor * from[j];
          }
        }
      }
    }
  });
}

}  // namespace

FloatTensor convolution(const FloatNode& n, const std::vector<const FloatTensor*>& in, const Dims& shape) {
  const FloatTensor& x = *in[0];
  const FloatTensor& w = *in[1];
  const Window window(n, x.shape, shape);
  const std::size_t in_plane = idx(count(x.shape) / x.shape[0] / x.shape[1]);
  const std::size_t out_plane = idx(count(shape) / shape[0] / shape[1]);
  const std::size_t taps = idx(window.num_taps());
  const std::size_t channels = idx(w.shape[1]);
  const std::size_t filters = idx(w.shape[0] / n.group);
  std::vector<std::int64_t> positions(taps * out_plane);
  parallel_for(taps, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      for (std::size_t o = 0; o < out_plane; ++o) {
        positions[t * out_plane + o] = window.position(static_cast<std::int64_t>(o), static_cast<std::int64_t>(t));
      }
    }
  });
  FloatTensor out{shape, std::vector<float>(idx(count(shape))), false};
  if (in.size() > 2) {
    for (std::size_t i = 0; i < out.data.size(); ++i) {
      out.data[i] = in[2]->data[i / out_plane % idx(shape[1])];
    }
  }
  std::vector<float> patches(channels * taps * out_plane);
  for (std::size_t image = 0; image < idx(shape[0]); ++image) {
    for (std::size_t g = 0; g < idx(n.group); ++g) {
      const float* planes = x.data.data() + (image * idx(x.shape[1]) + g * channels) * in_plane;
      parallel_for(channels, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t c = begin; c < end; ++c) {
          float* rows = patches.data() + c * taps * out_plane;
          for (std::size_t i = 0; i < taps * out_plane; ++i) {
            rows[i] = positions[i] < 0 ? 0.0F : planes[c * in_plane + idx(positions[i])];
          }
        }
      });
      gemm_rows(w.data.data() + g * filters * channels * taps, patches.data(),
                out.data.data() + (image * idx(shape[1]) + g * filters) * out_plane, filters, channels * taps,
                out_plane);
    }
  }
  return out;
}

FloatTensor transposed_convolution(const FloatNode& n, const std::vector<const FloatTensor*>& in, const Dims& shape) {
  const FloatTensor& x = *in[0];
  const FloatTensor& w = *in[1];
  // The window runs over the output and lands on it: input cell i and tap k add to output cell i*stride + k*dilation -
  // pad.
  const Window window(n, shape, x.shape);
  const std::size_t in_plane = idx(count(x.shape) / x.shape[0] / x.shape[1]);
  const std::size_t out_plane = idx(count(shape) / shape[0] / shape[1]);
  const std::size_t taps = idx(window.num_taps());
  const std::size_t channels = idx(x.shape[1]);
  const std::size_t filters = idx(w.shape[1]);
  const std::size_t per_group = channels / idx(n.group);
  FloatTensor out{shape, std::vector<float>(idx(count(shape))), false};
  for (std::size_t i = 0; in.size() > 2 && i < out.data.size(); ++i) {
    out.data[i] = in[2]->data[i / out_plane % idx(shape[1])];
  }
  for (std::size_t i = 0; i < in_plane; ++i) {
    for (std::size_t t = 0; t < taps; ++t) {
      const std::int64_t at = window.position(static_cast<std::int64_t>(i), static_cast<std::int64_t>(t));
      if (at < 0) {
        continue;
      }
      for (std::size_t image = 0; image < idx(shape[0]); ++image) {
        for (std::size_t c = 0; c < channels; ++c) {
          const float v = x.data[(image * channels + c) * in_plane + i];
          const std::size_t first = c / per_group * filters;
          for (std::size_t f = 0; f < filters; ++f) {
            out.data[(image * idx(shape[1]) + first + f) * out_plane + idx(at)] +=
                v * w.data[(c * filters + f) * taps + t];
          }
        }
      }
    }
  }
  return out;
}

FloatTensor matrix_product(const FloatTensor& a, const FloatTensor& b, const Dims& shape) {
  const std::size_t k = idx(a.shape.back());
  const std::size_t m = a.shape.size() > 1 ? idx(a.shape[a.shape.size() - 2]) : 1;
  const std::size_t n = b.shape.size() > 1 ? idx(b.shape.back()) : 1;
  Dims batch = shape;
  if (b.shape.size() > 1) batch.pop_back();
  if (a.shape.size() > 1) batch.pop_back();
  FloatTensor out{shape, std::vector<float>(idx(count(shape))), a.integer && b.integer};
  // Batch position of an operand whose batch dimensions may be missing or 1.
  const auto batch_of = [&](const FloatTensor& t, std::int64_t flat) {
    std::int64_t at = 0;
    std::int64_t scale = 1;
    const std::int64_t rank = static_cast<std::int64_t>(t.shape.size()) - 2;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(batch.size()); ++i) {
      const std::size_t axis = batch.size() - 1 - idx(i);
      const std::int64_t d = i < rank ? t.shape[idx(rank - 1 - i)] : 1;
      at += d == 1 ? 0 : flat % batch[axis] * scale;
      scale *= d;
      flat /= batch[axis];
    }
    return idx(at);
  };
  for (std::int64_t i = 0; i < count(batch); ++i) {
    gemm_rows(a.data.data() + batch_of(a, i) * m * k, b.data.data() + batch_of(b, i) * k * n,
              out.data.data() + idx(i) * m * n, m, k, n);
  }
  return out;
}

std::int64_t counted_taps(const FloatNode& n, std::size_t i, std::int64_t size, std::int64_t o) {
  std::int64_t taps = 0;
  for (std::int64_t k = 0; k < n.kernel[i]; ++k) {
    const std::int64_t at = o * n.strides[i] + k * n.dilations[i] - n.pads[i];
    taps += n.ints.empty() || at < size + n.ints[i] ? 1 : 0;
  }
  return taps;
}

namespace {

// Cells of the window at plane position `o` that a mean with include_pad divides by.
std::int64_t counted_cells(const FloatNode& n, const Dims& x, const Dims& shape, std::size_t o) {
  std::int64_t cells = 1;
  auto left = static_cast<std::int64_t>(o);
  for (std::size_t i = n.kernel.size(); i-- > 0;) {
    cells *= counted_taps(n, i, x[2 + i], left % shape[2 + i]);
    left /= shape[2 + i];
  }
  return cells;
}

}  // namespace

FloatTensor pool(const FloatNode& n, const FloatTensor& x, const Dims& shape) {
  const Window window(n, x.shape, shape);
  const std::size_t in_plane = idx(count(x.shape) / x.shape[0] / x.shape[1]);
  const std::size_t out_plane = idx(count(shape) / shape[0] / shape[1]);
  const std::int64_t taps = window.num_taps();
  const bool max = n.op == FloatOp::kMaxPool;
  FloatTensor out{shape, std::vector<float>(idx(count(shape))), false};
  parallel_for(out_plane, 16, [&](std::size_t begin, std::size_t end) {
    std::vector<std::size_t> cells;
    for (std::size_t o = begin; o < end; ++o) {
      cells.clear();
      for (std::int64_t t = 0; t < taps; ++t) {
        if (const std::int64_t at = window.position(static_cast<std::int64_t>(o), t); at >= 0) {
          cells.push_back(idx(at));
        }
      }
      const float divisor = static_cast<float>(
          n.include_pad ? static_cast<std::size_t>(counted_cells(n, x.shape, shape, o)) : cells.size());
      for (std::size_t c = 0; c < idx(shape[0] * shape[1]); ++c) {
        const float* plane = x.data.data() + c * in_plane;
        float best = max ? -std::numeric_limits<float>::infinity() : 0.0F;
        for (std::size_t at : cells) {
          best = max ? std::max(best, plane[at]) : best + plane[at];
        }
        out.data[c * out_plane + o] = max ? best : cells.empty() ? 0.0F : best / divisor;
      }
    }
  });
  return out;
}

}  // namespace proofcard::graph
