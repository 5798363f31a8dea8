// ap_uint for building the kernels without Vitis: the small subset that they use, with the same names and results.
//
// Vitis brings its own <ap_int.h>; this folder is then not in the include path.
// Shape:   up to 128 bits in one machine word or pair, wider ones in 64-bit limbs, least significant first.
// Range:   + gives one bit more, * the sum of the widths, as in Vitis. The difference is the exception: there it is
//          signed and one bit wider; here it wraps at that width, which is the same once it is stored in an ap_uint no
//          wider than that.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace proofcard_compat {

__extension__ using U128 = unsigned __int128;

template <int W>
using Word = std::conditional_t<(W <= 64), std::uint64_t, U128>;

template <int W>
constexpr Word<W> low_mask() {
  return static_cast<Word<W>>(~Word<W>{0}) >> (static_cast<int>(8 * sizeof(Word<W>)) - W);
}

}  // namespace proofcard_compat

template <int W>
class ap_uint {
 public:
  static constexpr int kLimbs = (W + 63) / 64;

  constexpr ap_uint() = default;
  template <class T>
  requires std::is_unsigned_v<T>
  constexpr ap_uint(T value) : limbs_{static_cast<std::uint64_t>(value)} {}  // NOLINT(google-explicit-constructor)
  template <int V>
  constexpr ap_uint(const ap_uint<V>& other) {  // NOLINT(google-explicit-constructor)
    for (int i = 0; i < kLimbs; ++i) {
      limbs_[static_cast<std::size_t>(i)] = other.limb(i);
    }
    trim();
  }

  constexpr std::uint64_t limb(int i) const { return i < kLimbs ? limbs_[static_cast<std::size_t>(i)] : 0; }
  constexpr std::uint64_t to_uint64() const { return limbs_[0]; }
  constexpr bool operator[](int bit) const { return ((limb(bit / 64) >> (bit % 64)) & 1) != 0; }

  friend constexpr bool operator==(const ap_uint& a, const ap_uint& b) { return a.limbs_ == b.limbs_; }

  friend constexpr ap_uint operator>>(const ap_uint& a, int n) {
    ap_uint out;
    for (int i = 0; i < kLimbs; ++i) {
      const int from = i + n / 64;
      std::uint64_t v = a.limb(from) >> (n % 64);
      if (n % 64 != 0) {
        v |= a.limb(from + 1) << (64 - n % 64);
      }
      out.limbs_[static_cast<std::size_t>(i)] = v;
    }
    return out;
  }

  // Bits hi..lo, for reading (as wide as the whole, since the range is not a constant of the type) and for writing.
  class Range {
   public:
    constexpr Range(ap_uint& whole, int hi, int lo) : whole_(whole), hi_(hi), lo_(lo) {}
    template <int V>
    constexpr Range& operator=(const ap_uint<V>& value) {
      if (lo_ % 64 == 0 && hi_ == lo_ + 63) {
        whole_.limbs_[static_cast<std::size_t>(lo_ / 64)] = value.limb(0);
        return *this;
      }
      for (int bit = lo_; bit <= hi_; ++bit) {
        const int from = bit - lo_;
        const std::uint64_t one = std::uint64_t{1} << (bit % 64);
        std::uint64_t& limb = whole_.limbs_[static_cast<std::size_t>(bit / 64)];
        limb = ((value.limb(from / 64) >> (from % 64)) & 1) != 0 ? limb | one : limb & ~one;
      }
      return *this;
    }
    template <int V>
    constexpr operator ap_uint<V>() const {  // NOLINT(google-explicit-constructor)
      return std::as_const(whole_).range(hi_, lo_);
    }
    constexpr std::uint64_t to_uint64() const { return std::as_const(whole_).range(hi_, lo_).to_uint64(); }

   private:
    ap_uint& whole_;
    int hi_;
    int lo_;
  };
  constexpr Range range(int hi, int lo) { return Range(*this, hi, lo); }
  constexpr ap_uint range(int hi, int lo) const {
    ap_uint out = *this >> lo;
    const int bits = hi - lo + 1;
    for (int i = 0; i < kLimbs; ++i) {
      const int left = bits - 64 * i;
      if (left <= 0) {
        out.limbs_[static_cast<std::size_t>(i)] = 0;
      } else if (left < 64) {
        out.limbs_[static_cast<std::size_t>(i)] &= ~std::uint64_t{0} >> (64 - left);
      }
    }
    return out;
  }

 private:
  constexpr void trim() {
    if constexpr (W % 64 != 0) {
      limbs_[kLimbs - 1] &= ~std::uint64_t{0} >> (64 - W % 64);
    }
  }

  std::array<std::uint64_t, kLimbs> limbs_{};
};

template <int W>
requires(W <= 128) class ap_uint<W> {
 public:
  using Store = proofcard_compat::Word<W>;

  constexpr ap_uint() = default;
  template <class T>
  requires(std::is_unsigned_v<T> ||
           std::is_same_v<T, proofcard_compat::U128>) constexpr ap_uint(T value)  // NOLINT(google-explicit-constructor)
      : value_(static_cast<Store>(value) & proofcard_compat::low_mask<W>()) {}
  template <int V>
  constexpr ap_uint(const ap_uint<V>& other) {  // NOLINT(google-explicit-constructor)
    Store v = static_cast<Store>(other.limb(0));
    if constexpr (W > 64) {
      v |= static_cast<Store>(other.limb(1)) << 64;
    }
    value_ = v & proofcard_compat::low_mask<W>();
  }

  constexpr std::uint64_t limb(int i) const {
    if (i == 0) {
      return static_cast<std::uint64_t>(value_);
    }
    if constexpr (W > 64) {
      return i == 1 ? static_cast<std::uint64_t>(value_ >> 64) : 0;
    }
    return 0;
  }
  constexpr Store value() const { return value_; }
  constexpr std::uint64_t to_uint64() const { return static_cast<std::uint64_t>(value_); }
  constexpr bool operator[](int bit) const { return ((value_ >> bit) & 1) != 0; }

  template <int V>
  requires(V <= W) constexpr ap_uint& operator+=(ap_uint<V> other) {
    value_ = static_cast<Store>(value_ + other.value()) & proofcard_compat::low_mask<W>();
    return *this;
  }

  friend constexpr bool operator==(ap_uint a, ap_uint b) { return a.value_ == b.value_; }
  friend constexpr ap_uint operator>>(ap_uint a, int n) { return ap_uint(static_cast<Store>(a.value_ >> n)); }
  friend constexpr ap_uint operator<<(ap_uint a, int n) { return ap_uint(static_cast<Store>(a.value_ << n)); }
  friend constexpr ap_uint operator&(ap_uint a, ap_uint b) { return ap_uint(static_cast<Store>(a.value_ & b.value_)); }
  friend constexpr ap_uint operator|(ap_uint a, ap_uint b) { return ap_uint(static_cast<Store>(a.value_ | b.value_)); }

 private:
  Store value_{};
};

template <int A, int B>
requires(A <= 127 && B <= 127) constexpr ap_uint<std::max(A, B) + 1> operator+(ap_uint<A> a, ap_uint<B> b) {
  using Store = typename ap_uint<std::max(A, B) + 1>::Store;
  return static_cast<Store>(static_cast<Store>(a.value()) + static_cast<Store>(b.value()));
}

template <int A, int B>
requires(A <= 127 && B <= 127) constexpr ap_uint<std::max(A, B) + 1> operator-(ap_uint<A> a, ap_uint<B> b) {
  using Store = typename ap_uint<std::max(A, B) + 1>::Store;
  return static_cast<Store>(static_cast<Store>(a.value()) - static_cast<Store>(b.value()));
}

template <int A, int B>
requires(A + B <= 128) constexpr ap_uint<A + B> operator*(ap_uint<A> a, ap_uint<B> b) {
  using Store = typename ap_uint<A + B>::Store;
  return static_cast<Store>(static_cast<Store>(a.value()) * static_cast<Store>(b.value()));
}
