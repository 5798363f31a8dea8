// Msm on a card through XRT: bases stay on the card, rows are cut into jobs, two jobs are in flight.
//
// Order:   while the card works at a job the host encodes the next and joins the last, so copies overlap with
// computing. Errors:  kDeviceFault for whatever the card does wrong; kBadInput for bases that are not on the curve.
// There is no other way
//          to compute behind this: an error is an error.
// Threads: calls of several threads take turns.
#pragma once

#include <array>
#include <mutex>

#include "host/device/msm_format.hpp"
#include "host/device/session.hpp"
#include "host/kernels/msm.hpp"

namespace proofcard::device {

class XrtMsm final : public kernels::Msm {
 public:
  // Asks the kernel what it is and makes the buffers for jobs.
  static Result<std::unique_ptr<XrtMsm>> create(std::shared_ptr<Session> session);

  std::string_view name() const override { return session_->spec(); }
  Result<std::shared_ptr<const kernels::MsmBases>> load_bases(std::span<const curve::G1Affine> bases) const override;
  Status rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, const IntSpan& scalars,
              std::size_t row_len) const override;
  Status rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, std::span<const Fr> scalars,
              std::size_t row_len) const override;
  Result<curve::G1Affine> once(std::span<const curve::G1Affine> points, std::span<const Fr> scalars) const override;

  Counters counters() const;
  std::uint8_t implementation() const { return static_cast<std::uint8_t>(build_); }  // abi::kImplementation...

 private:
  static constexpr std::size_t kSlots = 2;

  struct Slot {
    std::unique_ptr<Buffer> scalars;
    std::unique_ptr<Buffer> results;
  };

  // A part of the work: some rows over some of the points.
  struct Part {
    std::size_t row = 0;
    std::size_t num_rows = 0;
    std::size_t first = 0;
    std::size_t num_points = 0;
  };

  explicit XrtMsm(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  Status run(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, const RowScalars& scalars,
             std::size_t row_len) const;
  std::vector<Part> cut(std::size_t num_rows, std::size_t row_len, const RowScalars& scalars,
                        std::size_t num_windows) const;
  Status collect(std::span<curve::G1> sums, const Part& part, const Slot& slot, std::size_t num_windows,
                 unsigned window_bits) const;
  unsigned window_bits(std::uint32_t scalar_bits) const;

  mutable std::mutex mutex_;
  std::shared_ptr<Session> session_;
  std::array<Slot, kSlots> slots_;
  std::uint32_t window_bits_ = 0;  // as in the completion record
  std::uint32_t build_ = 0;
};

}  // namespace proofcard::device
