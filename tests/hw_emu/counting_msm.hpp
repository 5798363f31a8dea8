// An Msm that passes everything on and counts the signed digits that a kernel meets: what completion records must sum
// up to when every sum was made on the card.
#pragma once

#include <memory>
#include <variant>

#include "host/base/check.hpp"
#include "host/device/msm/msm_plan.hpp"
#include "host/kernels/msm.hpp"

namespace proofcard::device {

class CountingMsm final : public kernels::Msm {
 public:
  // Widths of the kernel's windows.
  CountingMsm(const kernels::Msm& msm, unsigned narrow_bits, unsigned wide_bits)
      : msm_(msm), narrow_bits_(narrow_bits), wide_bits_(wide_bits) {}

  std::string_view name() const override { return msm_.name(); }

  Result<std::shared_ptr<const kernels::MsmBases>> load_bases(std::span<const curve::G1Affine> bases) const override {
    PROOFCARD_TRY(auto loaded, msm_.load_bases(bases));
    auto out = std::make_shared<Bases>();
    out->loaded = std::move(loaded);
    for (const curve::G1Affine& base : bases) {
      out->finite.push_back(!base.is_infinity());
    }
    return std::shared_ptr<const kernels::MsmBases>(std::move(out));
  }

  Status rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, const IntSpan& scalars,
              std::size_t row_len) const override {
    const auto& mine = dynamic_cast<const Bases&>(bases);
    std::visit(
        [&](const auto& values) {
          for (std::size_t i = 0; i < out.size() * row_len; ++i) {
            const bool is_wide = sizeof(values[0]) == 8;
            count(row_len, mine.finite[i % row_len], is_wide ? Fr::from_i64(values[i]).canonical() : extend(values[i]),
                  is_wide ? kFull : 8 * sizeof(values[0]));
          }
        },
        scalars);
    return msm_.rows(out, *mine.loaded, scalars, row_len);
  }
  Status rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, std::span<const Fr> scalars,
              std::size_t row_len) const override {
    const auto& mine = dynamic_cast<const Bases&>(bases);
    for (std::size_t i = 0; i < out.size() * row_len; ++i) {
      count(row_len, mine.finite[i % row_len], scalars[i].canonical(), kFull);
    }
    return msm_.rows(out, *mine.loaded, scalars, row_len);
  }
  Result<curve::G1Affine> once(std::span<const curve::G1Affine> points, std::span<const Fr> scalars) const override {
    for (std::size_t i = 0; i < points.size(); ++i) {
      count(points.size(), !points[i].is_infinity(), scalars[i].canonical(), kFull);
    }
    return msm_.once(points, scalars);
  }

  std::uint64_t num_digits() const { return num_digits_; }

 private:
  struct Bases final : kernels::MsmBases {
    std::size_t size() const override { return finite.size(); }
    std::shared_ptr<const kernels::MsmBases> loaded;
    std::vector<bool> finite;
  };

  static U256 extend(std::int64_t value) {
    const std::uint64_t sign = value < 0 ? ~std::uint64_t{0} : 0;
    return {static_cast<std::uint64_t>(value), sign, sign, sign};
  }

  // Nonzero digits of a scalar of so many bits: a window of half its range or more carries into the next, if there is
  // one.
  void count(std::size_t row_len, bool finite, const U256& scalar, std::size_t bits) const {
    const bool wide = bits == kFull && !narrow_windows_pay(row_len, wide_bits_, narrow_bits_);
    const unsigned width = wide ? wide_bits_ : narrow_bits_;
    const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
    bool carry = false;
    for (std::size_t low = 0; low < bits && finite; low += width) {
      std::uint64_t window = scalar[low / 64] >> (low % 64);
      if (low % 64 + width > 64 && low / 64 < 3) {
        window |= scalar[low / 64 + 1] << (64 - low % 64);
      }
      window = (window & mask) + (carry ? 1 : 0);
      carry = window >> (width - 1) != 0;
      num_digits_ += (window & mask) != 0 ? 1 : 0;
    }
  }

  static constexpr std::size_t kFull = 255;

  const kernels::Msm& msm_;
  unsigned narrow_bits_;
  unsigned wide_bits_;
  mutable std::uint64_t num_digits_ = 0;
};

}  // namespace proofcard::device
