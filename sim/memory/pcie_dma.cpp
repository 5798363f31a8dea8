#include "sim/memory/pcie_dma.hpp"

#include <algorithm>

#include "host/base/check.hpp"
#include "sim/memory/channel_module.hpp"

namespace proofcard::sim {
namespace {

// Of the raw rate of Gen3 x16: 128 of 130 bits are data.
constexpr double kMeasuredRaw = 8.0 * 16 / 8 * 128 / 130;  // GB/s
constexpr double kMeasuredIn = 11.0;
constexpr double kMeasuredOut = 12.15;

}  // namespace

PcieParameters pcie_link(double gigatransfers, unsigned lanes) {
  const double raw = gigatransfers * lanes / 8 * 128 / 130;
  return {.picoseconds_a_byte_in = 1000.0 / (raw * kMeasuredIn / kMeasuredRaw),
          .picoseconds_a_byte_out = 1000.0 / (raw * kMeasuredOut / kMeasuredRaw),
          .latency_in = 5'300'000,
          .latency_out = 4'800'000,
          .request_bytes = 512,
          .max_outstanding = 64};
}

PcieDma::PcieDma(sc_core::sc_module_name name, const PcieParameters& parameters, Request request)
    : sc_module(name), parameters_(parameters), request_(std::move(request)) {
  SC_THREAD(serve);
}

void PcieDma::start(std::uint64_t address, std::uint64_t bytes, CopyDirection direction) {
  PROOFCARD_CHECK(!busy_ && bytes > 0);
  busy_ = true;
  address_ = address;
  bytes_ = bytes;
  direction_ = direction;
  begin_ = now_ps();
  started_.notify(sc_core::SC_ZERO_TIME);
}

void PcieDma::serve() {
  while (true) {
    if (!busy_) {
      wait(started_);
    }
    if (direction_ == CopyDirection::kToCard) {
      copy_in();
      ++statistics_.copies_in;
      statistics_.bytes_in += bytes_;
      statistics_.time_in_ps += now_ps() - begin_;
    } else {
      copy_out();
      ++statistics_.copies_out;
      statistics_.bytes_out += bytes_;
      statistics_.time_out_ps += now_ps() - begin_;
    }
    busy_ = false;
  }
}

void PcieDma::copy_in() {
  link_free_ = begin_ + parameters_.latency_in;
  for (std::uint64_t offset = 0; offset < bytes_;) {
    const std::uint64_t bytes = request_at(offset);
    while (in_memory_ == parameters_.max_outstanding) {
      wait(finished_);
      link_free_ = std::max(link_free_, now_ps());
    }
    link_free_ += crossing(bytes, parameters_.picoseconds_a_byte_in);
    wait_until(link_free_);
    ++in_memory_;
    request_(address_ + offset, bytes, true, [this] {
      --in_memory_;
      finished_.notify(sc_core::SC_ZERO_TIME);
    });
    offset += bytes;
  }
  while (in_memory_ != 0) {
    wait(finished_);
  }
}

void PcieDma::copy_out() {
  link_free_ = begin_ + parameters_.latency_out;
  wait_until(link_free_);
  for (std::uint64_t offset = 0; offset < bytes_;) {
    const std::uint64_t bytes = request_at(offset);
    while (in_memory_ + leaving_.size() == parameters_.max_outstanding) {
      if (leaving_.empty()) {
        wait(finished_);
      } else {
        wait_until(leaving_.front());
        leaving_.pop_front();
      }
    }
    ++in_memory_;
    request_(address_ + offset, bytes, false, [this, bytes] {
      --in_memory_;
      link_free_ = std::max(link_free_, now_ps()) + crossing(bytes, parameters_.picoseconds_a_byte_out);
      leaving_.push_back(link_free_);
      finished_.notify(sc_core::SC_ZERO_TIME);
    });
    offset += bytes;
  }
  while (in_memory_ != 0) {
    wait(finished_);
  }
  wait_until(link_free_);
  leaving_.clear();
}

void PcieDma::wait_until(Picoseconds time) {
  if (time > now_ps()) {
    wait(sc_core::sc_time(static_cast<double>(time - now_ps()), sc_core::SC_PS));
  }
}

// Requests begin at multiples of their size, so none crosses from one channel into the next.
std::uint64_t PcieDma::request_at(std::uint64_t offset) const {
  const std::uint64_t size = parameters_.request_bytes;
  return std::min(bytes_ - offset, size - (address_ + offset) % size);
}

// Whole picoseconds; what is rounded off is kept for the next.
Picoseconds PcieDma::crossing(std::uint64_t bytes, double picoseconds_a_byte) {
  fraction_ += static_cast<double>(bytes) * picoseconds_a_byte;
  const auto whole = static_cast<Picoseconds>(fraction_);
  fraction_ -= static_cast<double>(whole);
  return whole;
}

}  // namespace proofcard::sim
