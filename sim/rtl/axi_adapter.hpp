// Between the wires of an AXI4 master, as Verilator gives them, and a port of the memory system.
//
// Use, once a clock cycle: drive() sets the inputs from what the port has; after the model has settled, edge() takes
// the handshakes that the rising edge completes. Inputs never depend on this cycle's outputs. Template: Wires names the
// signals of one master as references, so that no simulator type is needed here. Data is as wide as the port's beats.
#pragma once

#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <vector>

#include "host/base/check.hpp"
#include "sim/memory/memory_system.hpp"

namespace proofcard::sim {

constexpr std::uint8_t kAxiDecodeError = 3;

class AxiAdapter {
 public:
  virtual ~AxiAdapter() = default;
  virtual void drive() = 0;
  virtual void edge() = 0;
};

// Wires: ar_valid, ar_addr, ar_len, r_ready (outputs of the master); ar_ready, r_valid, r_last, r_resp, r_data (its
// inputs).
template <class Wires>
class AxiReadAdapter final : public AxiAdapter {
 public:
  AxiReadAdapter(Wires wires, AxiPort& port) : wires_(wires), port_(port) {}

  void drive() override {
    const AxiPort::ReadBeat* beat = port_.read_beat();
    wires_.ar_ready = port_.can_read();
    wires_.r_valid = beat != nullptr;
    if (beat != nullptr) {
      wires_.r_last = beat->last;
      wires_.r_resp = beat->error ? kAxiDecodeError : 0;
      std::memcpy(wires_.r_data.data(), beat->data.data(), port_.beat_bytes());
    }
  }

  void edge() override {
    if (wires_.r_valid && wires_.r_ready) {
      port_.pop_read();
    }
    if (wires_.ar_valid && wires_.ar_ready) {
      port_.push_read(wires_.ar_addr, std::uint32_t{wires_.ar_len} + 1);
    }
  }

 private:
  Wires wires_;
  AxiPort& port_;
};

// Wires: aw_valid, aw_addr, aw_len, w_valid, w_data, w_strb, w_last, b_ready (outputs); aw_ready, w_ready, b_valid,
// b_resp (inputs). Data may come before, with or after its address.
template <class Wires>
class AxiWriteAdapter final : public AxiAdapter {
 public:
  AxiWriteAdapter(Wires wires, AxiPort& port) : wires_(wires), port_(port) {}

  void drive() override {
    const auto response = port_.write_response();
    wires_.aw_ready = !address_ && port_.can_write();
    wires_.w_ready = !complete_;
    wires_.b_valid = response.has_value();
    wires_.b_resp = response.value_or(false) ? kAxiDecodeError : 0;
  }

  void edge() override {
    if (wires_.b_valid && wires_.b_ready) {
      port_.pop_write_response();
    }
    if (wires_.aw_valid && wires_.aw_ready) {
      address_ = wires_.aw_addr;
      num_beats_ = std::size_t{wires_.aw_len} + 1;
    }
    if (wires_.w_valid && wires_.w_ready) {
      std::memcpy(beats_.emplace_back().data(), wires_.w_data.data(), port_.beat_bytes());
      strobes_.push_back(wires_.w_strb);
      complete_ = wires_.w_last;
    }
    if (address_ && complete_) {
      PROOFCARD_CHECK(beats_.size() == num_beats_);
      port_.push_write(*address_, beats_, strobes_);
      address_.reset();
      beats_.clear();
      strobes_.clear();
      complete_ = false;
    }
  }

 private:
  Wires wires_;
  AxiPort& port_;
  std::optional<std::uint64_t> address_;
  std::size_t num_beats_ = 0;
  std::vector<std::array<std::uint8_t, kBeatBytes>> beats_;
  std::vector<std::uint64_t> strobes_;
  bool complete_ = false;
};

}  // namespace proofcard::sim
