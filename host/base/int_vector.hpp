// A vector of small signed integers stored in the narrowest of 8, 16, 32 or 64 bits, and views of it.
//
// Tensors of the executor and columns of the proof are of this kind: commitments and integer matrix products cost by
// the stored width, so it is part of the type and never guessed from the values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "host/base/check.hpp"

namespace proofcard {

enum class IntType : std::uint8_t { kI8 = 0, kI16 = 1, kI32 = 2, kI64 = 3 };

constexpr std::size_t int_type_bytes(IntType t) { return std::size_t{1} << static_cast<unsigned>(t); }
constexpr std::int64_t int_type_min(IntType t) { return INT64_MIN >> (64 - 8 * int_type_bytes(t)); }
constexpr std::int64_t int_type_max(IntType t) { return INT64_MAX >> (64 - 8 * int_type_bytes(t)); }

// The narrowest type that holds every value of [lo, hi].
constexpr IntType narrowest_int_type(std::int64_t lo, std::int64_t hi) {
  for (IntType t : {IntType::kI8, IntType::kI16, IntType::kI32}) {
    if (lo >= int_type_min(t) && hi <= int_type_max(t)) {
      return t;
    }
  }
  return IntType::kI64;
}

using IntSpan = std::variant<std::span<const std::int8_t>, std::span<const std::int16_t>, std::span<const std::int32_t>,
                             std::span<const std::int64_t>>;

// visit_ints(view, [&](auto span) { for (auto v : span) ... }) instantiates the body once a stored width.
template <class View, class Body>
decltype(auto) visit_ints(const View& view, Body&& body) {
  return std::visit(std::forward<Body>(body), view);
}

inline std::size_t int_span_size(const IntSpan& s) {
  return std::visit([](auto v) { return v.size(); }, s);
}
inline IntType int_span_type(const IntSpan& s) { return static_cast<IntType>(s.index()); }
inline IntSpan int_subspan(const IntSpan& s, std::size_t offset, std::size_t count) {
  return std::visit([&](auto v) -> IntSpan { return v.subspan(offset, count); }, s);
}
inline std::int64_t int_at(const IntSpan& s, std::size_t i) {
  return std::visit([&](auto v) { return static_cast<std::int64_t>(v[i]); }, s);
}

class IntVector {
 public:
  IntVector() : data_(std::vector<std::int8_t>{}) {}
  IntVector(IntType type, std::size_t size) {
    switch (type) {
      case IntType::kI8:
        data_ = std::vector<std::int8_t>(size);
        break;
      case IntType::kI16:
        data_ = std::vector<std::int16_t>(size);
        break;
      case IntType::kI32:
        data_ = std::vector<std::int32_t>(size);
        break;
      case IntType::kI64:
        data_ = std::vector<std::int64_t>(size);
        break;
    }
  }

  IntType type() const { return static_cast<IntType>(data_.index()); }
  std::size_t size() const {
    return std::visit([](const auto& v) { return v.size(); }, data_);
  }
  std::int64_t operator[](std::size_t i) const {
    return std::visit([&](const auto& v) { return static_cast<std::int64_t>(v[i]); }, data_);
  }
  // Pre: value fits type().
  void set(std::size_t i, std::int64_t value) {
    std::visit(
        [&](auto& v) {
          using T = typename std::decay_t<decltype(v)>::value_type;
          PROOFCARD_CHECK(value >= int_type_min(type()) && value <= int_type_max(type()));
          v[i] = static_cast<T>(value);
        },
        data_);
  }

  IntSpan view() const {
    return std::visit([](const auto& v) -> IntSpan { return std::span(v); }, data_);
  }
  // Pre: T is the stored type.
  template <class T>
  std::span<T> mutable_span() {
    return std::span<T>(std::get<std::vector<T>>(data_));
  }
  template <class T>
  std::span<const T> span() const {
    return std::span<const T>(std::get<std::vector<T>>(data_));
  }

  template <class Body>
  decltype(auto) visit(Body&& body) const {
    return std::visit([&](const auto& v) -> decltype(auto) { return body(std::span(v)); }, data_);
  }
  template <class Body>
  decltype(auto) visit_mutable(Body&& body) {
    return std::visit([&](auto& v) -> decltype(auto) { return body(std::span(v)); }, data_);
  }

  bool operator==(const IntVector&) const = default;

 private:
  std::variant<std::vector<std::int8_t>, std::vector<std::int16_t>, std::vector<std::int32_t>,
               std::vector<std::int64_t>>
      data_;
};

}  // namespace proofcard
