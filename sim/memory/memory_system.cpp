#include "sim/memory/memory_system.hpp"

#include <algorithm>

#include "host/base/check.hpp"

namespace proofcard::sim {
namespace {

constexpr std::uint64_t kBoundary = 4096;

}  // namespace

MemorySystem::MemorySystem(DeviceMemory& memory, const std::vector<MemoryChannel>& channels) : memory_(memory) {
  for (const MemoryChannel& channel : channels) {
    // Names of modules may not have brackets.
    std::string name = channel.tag;
    std::ranges::replace_if(
        name, [](char c) { return c == '[' || c == ']'; }, '_');
    channels_.push_back(
        {channel.tag, channel.base, channel.bytes,
         std::make_unique<ChannelModule>(name.c_str(), channel.type == "hbm" ? hbm2_channel() : ddr4_channel())});
  }
}

AxiPort& MemorySystem::add_port(std::size_t beat_bytes, std::size_t max_outstanding) {
  PROOFCARD_CHECK(beat_bytes == kBeatBytes || beat_bytes == kBeatBytes / 2);
  ports_.push_back(std::unique_ptr<AxiPort>(new AxiPort(*this, beat_bytes, max_outstanding)));
  AxiPort& port = *ports_.back();
  for (Channel& channel : channels_) {
    port.port_in_channel_.push_back(channel.module->add_port());
  }
  return port;
}

std::optional<std::size_t> MemorySystem::channel_of(std::uint64_t address) const {
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    if (address >= channels_[i].base && address - channels_[i].base < channels_[i].bytes) {
      return i;
    }
  }
  return std::nullopt;
}

MemoryStatistics MemorySystem::statistics() const {
  MemoryStatistics out;
  out.now_ps = now_ps();
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    const ChannelModule& module = *channels_[i].module;
    ChannelStatistics& channel = out.channels.emplace_back();
    channel.tag = channels_[i].tag;
    for (const auto& port : ports_) {
      channel.kernel_bytes_read += module.bytes_read(port->port_in_channel_[i]);
      channel.kernel_bytes_written += module.bytes_written(port->port_in_channel_[i]);
    }
    channel.row_misses = module.timing().row_misses();
    channel.refreshes = module.timing().refreshes();
    channel.busy_ps = module.timing().busy();
  }
  return out;
}

void AxiPort::start(const std::shared_ptr<Burst>& burst, bool is_write) {
  const std::uint64_t bytes = std::uint64_t{burst->num_beats} * beat_bytes_;
  PROOFCARD_CHECK(bytes > 0 && burst->address % beat_bytes_ == 0);
  PROOFCARD_CHECK(burst->address / kBoundary == (burst->address + bytes - 1) / kBoundary);
  const auto finish = [this, burst, is_write] {
    burst->finished = true;
    is_write ? finish_writes() : finish_reads();
  };
  // Channels begin and end at multiples of 4 KiB, so a burst is in one of them or in none.
  const auto channel = system_.channel_of(burst->address);
  if (!channel) {
    burst->error = true;
    finish();
    return;
  }
  system_.channels_[*channel].module->request(
      port_in_channel_[*channel], {burst->address - system_.channels_[*channel].base, bytes, is_write, finish});
}

bool AxiPort::push_read(std::uint64_t address, std::uint32_t num_beats) {
  if (!can_read()) {
    return false;
  }
  auto burst = std::make_shared<Burst>();
  burst->address = address;
  burst->num_beats = num_beats;
  reads_.push_back(burst);
  start(burst, false);
  return true;
}

void AxiPort::finish_reads() {
  // In order: a burst waits for those before it.
  while (!reads_.empty() && reads_.front()->finished) {
    const Burst& burst = *reads_.front();
    for (std::uint32_t i = 0; i < burst.num_beats; ++i) {
      ReadBeat beat;
      beat.last = i + 1 == burst.num_beats;
      beat.error = burst.error;
      if (!burst.error) {
        std::ranges::copy(system_.memory_.span(burst.address + i * beat_bytes_, beat_bytes_), beat.data.begin());
        bytes_read_ += beat_bytes_;
      }
      beats_.push_back(beat);
    }
    reads_.pop_front();
  }
}

bool AxiPort::push_write(std::uint64_t address, std::span<const std::array<std::uint8_t, kBeatBytes>> beats,
                         std::span<const std::uint64_t> strobes) {
  PROOFCARD_CHECK(beats.size() == strobes.size());
  if (!can_write()) {
    return false;
  }
  auto burst = std::make_shared<Burst>();
  burst->address = address;
  burst->num_beats = static_cast<std::uint32_t>(beats.size());
  burst->data.assign(beats.begin(), beats.end());
  burst->strobes.assign(strobes.begin(), strobes.end());
  writes_.push_back(burst);
  start(burst, true);
  return true;
}

void AxiPort::finish_writes() {
  while (!writes_.empty() && writes_.front()->finished) {
    const Burst& burst = *writes_.front();
    for (std::uint32_t i = 0; !burst.error && i < burst.num_beats; ++i) {
      const auto to = system_.memory_.span(burst.address + i * beat_bytes_, beat_bytes_);
      for (std::size_t b = 0; b < beat_bytes_; ++b) {
        if ((burst.strobes[i] >> b & 1) != 0) {
          to[b] = burst.data[i][b];
          ++bytes_written_;
        }
      }
    }
    responses_.push_back(burst.error);
    writes_.pop_front();
  }
}

}  // namespace proofcard::sim
