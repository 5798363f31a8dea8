// hls::stream for building the kernels without Vitis: a queue without a bound, as in Vitis' own C simulation.
#pragma once

#include <cstdlib>
#include <deque>

namespace hls {

template <class T>
class stream {
 public:
  void write(const T& value) { items_.push_back(value); }
  // Reading from an empty stream would block for ever in hardware.
  T read() {
    if (items_.empty()) {
      std::abort();
    }
    const T value = items_.front();
    items_.pop_front();
    return value;
  }
  bool empty() const { return items_.empty(); }

 private:
  std::deque<T> items_;
};

}  // namespace hls
