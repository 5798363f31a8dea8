// hls::stream for building the kernels without Vitis: a queue without a bound, as in Vitis' own C simulation.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <vector>

namespace hls {

template <class T>
class stream {
 public:
  void write(const T& value) { items_.push_back(value); }
  // Reading from an empty stream would block for ever in hardware.
  T read() {
    if (empty()) {
      std::abort();
    }
    return items_[head_++];
  }
  bool empty() const { return head_ == items_.size(); }

 private:
  std::vector<T> items_;  // those before head_ have been read; a stream lives for one chunk of work
  std::size_t head_ = 0;
};

}  // namespace hls
