// Between true and padded row-major layouts.
#pragma once

#include <cstddef>
#include <span>

#include "host/base/check.hpp"
#include "host/base/int_vector.hpp"
#include "host/circuit/circuit.hpp"

namespace proofcard::compile {

// Calls body(true offset, padded offset, count) for runs of elements that are contiguous in both, in order.
template <class Body>
void for_each_run(const tensor::Shape& shape, Body&& body) {
  std::size_t axis = shape.size();  // axes from here on form one run
  std::size_t run = 1;
  std::size_t stride = 1;  // padded distance between runs
  while (axis > 0 && run == stride) {
    --axis;
    run *= shape[axis];
    stride <<= circuit::log_padded(shape[axis]);
  }
  std::vector<std::uint32_t> index(axis, 0);
  std::vector<std::size_t> strides(axis);
  for (std::size_t a = axis; a-- > 0;) {
    strides[a] = stride;
    stride <<= circuit::log_padded(shape[a]);
  }
  std::size_t from = 0;
  std::size_t to = 0;
  while (true) {
    body(from, to, run);
    from += run;
    std::size_t a = axis;
    while (a > 0 && index[a - 1] + 1 == shape[a - 1]) {
      --a;
      to -= strides[a] * index[a];
      index[a] = 0;
    }
    if (a == 0) {
      return;
    }
    ++index[a - 1];
    to += strides[a - 1];
  }
}

// Writes the elements of `values` to their padded places in `out`, and `padding` to all others. False: a value does not
// fit the type of `out`. Pre: out has padded_size(shape) elements.
template <class In, class Out>
bool pad_into(std::span<const In> values, const tensor::Shape& shape, std::int64_t padding, std::span<Out> out) {
  if (padding != 0) {
    std::fill(out.begin(), out.end(), static_cast<Out>(padding));
  }
  bool fits = true;
  for_each_run(shape, [&](std::size_t from, std::size_t to, std::size_t count) {
    std::uint64_t difference = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const In v = values[from + i];
      out[to + i] = static_cast<Out>(v);
      difference |= static_cast<std::uint64_t>(static_cast<std::int64_t>(out[to + i]) ^ static_cast<std::int64_t>(v));
    }
    fits = fits && difference == 0;
  });
  return fits;
}

// The same for runtime types, into out[offset ..]. Pre: elements of out outside true positions are 0 or padding is not
// 0.
inline bool pad_into(const IntSpan& values, const tensor::Shape& shape, std::int64_t padding, IntVector& out,
                     std::size_t offset) {
  const std::size_t size = circuit::padded_size(shape);
  PROOFCARD_CHECK(int_span_size(values) == tensor::num_elements(shape));
  return out.visit_mutable([&](auto to) {
    return visit_ints(values, [&](auto from) { return pad_into(from, shape, padding, to.subspan(offset, size)); });
  });
}

}  // namespace proofcard::compile
