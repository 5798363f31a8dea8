#include "sim/memory/channel_timing.hpp"

#include <algorithm>

namespace proofcard::sim {

ChannelParameters hbm2_channel() {
  return {.num_banks = 16,
          .row_bytes = 1024,
          .access_bytes = 32,
          .picoseconds_a_byte = 1000.0 / 14.375,
          .activate = 14'000,
          .precharge = 14'000,
          .column = 14'000,
          .turnaround = 8'000,
          .refresh_interval = 3'900'000,
          .refresh_duration = 260'000,
          .path = 90'000};
}

ChannelParameters ddr4_channel() {
  return {.num_banks = 16,
          .row_bytes = 8192,
          .access_bytes = 64,
          .picoseconds_a_byte = 1000.0 / 19.2,
          .activate = 14'160,
          .precharge = 14'160,
          .column = 14'160,
          .turnaround = 8'000,
          .refresh_interval = 7'800'000,
          .refresh_duration = 350'000,
          .path = 56'000};
}

ChannelTiming::ChannelTiming(const ChannelParameters& parameters)
    : parameters_(parameters), banks_(parameters.num_banks), next_refresh_(parameters.refresh_interval) {}

AccessTime ChannelTiming::schedule(Picoseconds arrival, std::uint64_t address, std::uint64_t bytes, bool is_write) {
  AccessTime out{0, 0};
  for (std::uint64_t done = 0; done < bytes;) {
    const std::uint64_t at = address + done;
    const std::uint64_t count = std::min(bytes - done, parameters_.row_bytes - at % parameters_.row_bytes);
    const AccessTime part = within_row(arrival, at, count, is_write);
    out = {done == 0 ? part.first : out.first, part.last};
    done += count;
  }
  return out;
}

void ChannelTiming::refresh() {
  const Picoseconds end = std::max(next_refresh_, bus_free_) + parameters_.refresh_duration;
  for (Bank& bank : banks_) {
    bank = {-1, end};
  }
  bus_free_ = end;
  next_refresh_ += parameters_.refresh_interval;
  ++refreshes_;
}

AccessTime ChannelTiming::within_row(Picoseconds arrival, std::uint64_t address, std::uint64_t bytes, bool is_write) {
  const std::uint64_t chunk = address / parameters_.row_bytes;
  Bank& bank = banks_[chunk % parameters_.num_banks];
  const auto row = static_cast<std::int64_t>(chunk / parameters_.num_banks);
  const Picoseconds turnaround = is_write != last_was_write_ ? parameters_.turnaround : 0;
  Picoseconds first = 0;
  while (true) {
    Picoseconds column_at = std::max(arrival, bank.ready);
    if (bank.open_row != row) {
      column_at += (bank.open_row >= 0 ? parameters_.precharge : 0) + parameters_.activate;
    }
    first = std::max(column_at + parameters_.column, bus_free_ + turnaround);
    if (first < next_refresh_) {
      break;
    }
    refresh();
  }
  row_misses_ += bank.open_row == row ? 0 : 1;
  const std::uint64_t unit = parameters_.access_bytes;
  const std::uint64_t moved = (address % unit + bytes + unit - 1) / unit * unit;
  const auto duration = static_cast<Picoseconds>(static_cast<double>(moved) * parameters_.picoseconds_a_byte);
  bus_free_ = first + duration;
  bytes_moved_ += bytes;
  busy_ += duration;
  last_was_write_ = is_write;
  bank.open_row = row;
  // The next column may follow so that its data comes right behind; a precharge waits for the data.
  bank.ready = bus_free_ > parameters_.column ? bus_free_ - parameters_.column : 0;
  return {first, bus_free_};
}

}  // namespace proofcard::sim
