// A Verilator class that writes an FST of some of its cycles: Waves<Model> is a Model, and counts what it evaluates.
// Kernel<Model> is Waves<Model> where the build keeps waves (cmake -DPROOFCARD_WAVES=ON), else Model.
//
// Use:     the environment of the device process asks for them: PROOFCARD_WAVES is the file, PROOFCARD_WAVES_UNIT the
//          number of the unit on its card (default 0), PROOFCARD_WAVES_CYCLES the cycles of that unit, FROM:TO (TO is
//          not written; default 0:20000). Without PROOFCARD_WAVES nothing is written.
// Timing:  a cycle is two evaluations, as the clock falls and rises; one of 300 MHz in the file.
// Errors:  a file that cannot be written ends the process with exit code 5, which the host reports.
// Pre:     Model was made with --trace-fst. The file is complete once TO is reached or the process ends by quick_exit.
#pragma once

#ifdef PROOFCARD_WAVES
#include <verilated.h>
#include <verilated_fst_c.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#endif

namespace proofcard::sim {

#ifdef PROOFCARD_WAVES

struct WavesRequest {
  const char* path = nullptr;
  unsigned long unit = 0;
  unsigned long long from = 0;
  unsigned long long to = 20'000;

  static WavesRequest from_environment() {
    WavesRequest request;
    request.path = std::getenv("PROOFCARD_WAVES");
    if (const char* unit = std::getenv("PROOFCARD_WAVES_UNIT")) {
      request.unit = std::strtoul(unit, nullptr, 10);
    }
    if (const char* cycles = std::getenv("PROOFCARD_WAVES_CYCLES")) {
      char* rest = nullptr;
      request.from = std::strtoull(cycles, &rest, 10);
      request.to = *rest == ':' ? std::strtoull(rest + 1, nullptr, 10) : request.from;
    }
    return request;
  }
};

// The file of this process; one at most, so that it can be completed when the process ends.
inline std::unique_ptr<VerilatedFstC>& waves_file() {
  static std::unique_ptr<VerilatedFstC> file;
  return file;
}
inline void close_waves() {
  if (waves_file() != nullptr) {
    waves_file()->close();
    waves_file() = nullptr;
  }
}
// Units are numbered over all models of a process, in the order in which they are made.
inline unsigned long next_waves_unit() {
  static unsigned long next = 0;
  return next++;
}

template <class Model>
class Waves : public Model {
 public:
  Waves() : Model(context()), request_(WavesRequest::from_environment()) {
    if (request_.path != nullptr && request_.unit == next_waves_unit()) {
      waves_file() = std::make_unique<VerilatedFstC>();
      this->trace(waves_file().get(), kDepth);
      waves_file()->open(request_.path);
      if (!waves_file()->isOpen()) {
        std::_Exit(kCannotWrite);
      }
      static_cast<void>(std::at_quick_exit(close_waves));
      writes_ = true;
    }
  }

  void eval() {
    Model::eval();
    if (!writes_) {
      return;
    }
    const std::uint64_t cycle = num_evals_ / 2;
    if (cycle >= request_.from && cycle < request_.to) {
      waves_file()->dump(num_evals_ * kHalfPeriodPs);
    }
    ++num_evals_;
    if (num_evals_ / 2 >= request_.to) {
      close_waves();
      writes_ = false;
    }
  }

 private:
  static constexpr int kDepth = 99;
  static constexpr int kCannotWrite = 5;
  static constexpr std::uint64_t kHalfPeriodPs = 1667;

  // Verilator wants to know of traces before the first model is made.
  static VerilatedContext* context() {
    VerilatedContext* context = Verilated::threadContextp();
    context->traceEverOn(true);
    return context;
  }

  WavesRequest request_;
  std::uint64_t num_evals_ = 0;
  bool writes_ = false;
};

template <class Model>
using Kernel = Waves<Model>;

#else

template <class Model>
using Kernel = Model;

#endif

}  // namespace proofcard::sim
