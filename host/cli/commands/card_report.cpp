// proofcard card-report OUT.html --device CARDS
#include "host/report/cards/card_report.hpp"

#include <fmt/format.h>

#include <memory>
#include <random>

#include "host/base/text.hpp"
#include "host/base/timer.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/pcs/hyrax/commitment.hpp"
#include "host/report/cards/kernel_view.hpp"
#include "host/report/run_report.hpp"
#include "host/session/backend.hpp"

namespace proofcard::tools {
namespace {

constexpr std::size_t kNumRows = 64;
constexpr std::size_t kMaxRowLen = 2048;
constexpr unsigned kLogBatch = 4;

struct CardReportCommand {
  std::string out;
  std::string resources;
  unsigned log_size = 12;
  double clock_mhz = 300;
  double copy_gb_per_s = 12;
  MachineOptions machine;
};

// What cards have done so far, by kernel and at their memories.
struct Snapshot {
  std::vector<ReportedUnit> units;
  std::vector<std::optional<device::MemoryUse>> memory;
};

Result<Snapshot> take_snapshot(const device::Device& cards, std::string_view kernel) {
  Snapshot out;
  for (std::size_t i = 0; i < cards.num_cards(); ++i) {
    const device::Session& session = cards.session(i);
    const std::vector<device::JobLog::Unit>& units = session.log().units();
    for (std::size_t u = 0; u < units.size(); ++u) {
      if (units[u].kernel == kernel) {
        out.units.push_back({i, units[u].name, session.log().counters(u)});
      }
    }
    PROOFCARD_TRY(out.memory.emplace_back(), session.memory_use());
  }
  return out;
}

bool counts_memory(const device::Device& cards, std::string_view kernel) {
  for (std::size_t i = 0; i < cards.num_cards(); ++i) {
    const device::Session& session = cards.session(i);
    const std::vector<device::JobLog::Unit>& units = session.log().units();
    for (std::size_t u = 0; u < units.size(); ++u) {
      const bool rtl = (session.log().build(u) & 0xff) == device::abi::kImplementationRtl;
      if (units[u].kernel == kernel && !rtl && session.name().target != device::CardName::kXrt) {
        return false;
      }
    }
  }
  return true;
}

ReportedWorkload make_workload(std::string name, std::string_view kernel, std::uint64_t items, std::string item) {
  ReportedWorkload out;
  out.name = std::move(name);
  out.kernel = kernel;
  out.items = items;
  out.item = std::move(item);
  return out;
}

// Runs one workload and adds it to the report.
template <class Work>
Status measure(const device::Device& cards, CardReport& report, ReportedWorkload workload, const Work& work) {
  PROOFCARD_TRY(const Snapshot before, take_snapshot(cards, workload.kernel));
  const Timer timer;
  PROOFCARD_RETURN_IF_ERROR(work());
  workload.wall_ms = timer.milliseconds();
  PROOFCARD_TRY(Snapshot after, take_snapshot(cards, workload.kernel));
  for (std::size_t i = 0; i < after.units.size(); ++i) {
    after.units[i].counters = after.units[i].counters - before.units[i].counters;
  }
  for (std::size_t i = 0; i < after.memory.size(); ++i) {
    if (after.memory[i] && before.memory[i]) {
      after.memory[i] = *after.memory[i] - *before.memory[i];
    }
  }
  workload.units = std::move(after.units);
  workload.memory = std::move(after.memory);
  workload.counts_memory = counts_memory(cards, workload.kernel);
  report.workloads.push_back(std::move(workload));
  return {};
}

std::vector<Fr> uniform(std::size_t n) {
  std::mt19937_64 rng(n);
  std::vector<Fr> out(n);
  for (Fr& x : out) {
    x = Fr::from_u256_reduced({rng(), rng(), rng(), rng()});
  }
  return out;
}

Status measure_sums(const device::Device& cards, unsigned log_size, CardReport& report) {
  const std::size_t n = std::size_t{1} << log_size;
  PROOFCARD_TRY(const auto bases, cards.msm().load_bases(pcs::hyrax::derive(log_size)));
  const auto run = [&](const std::string& name, const auto& scalars, std::size_t num_rows, std::size_t row_len) {
    const auto workload = make_workload(name, device::abi::kKernelName, num_rows * row_len, "points");
    return measure(cards, report, workload, [&] {
      std::vector<curve::G1Affine> sums(num_rows);
      return cards.msm().rows(sums, *bases, scalars, row_len);
    });
  };
  std::vector<Fr> full = uniform(n);
  PROOFCARD_RETURN_IF_ERROR(
      run(fmt::format("One sum of 2^{} points, uniform 254-bit scalars", log_size), std::span<const Fr>(full), 1, n));
  for (std::size_t i = 0; i < n; ++i) {
    full[i] = i % 10 == 0 ? full[i] : Fr::from_u64(i % 2);
  }
  PROOFCARD_RETURN_IF_ERROR(run(fmt::format("One sum of 2^{} points, 90 % of the scalars 0 or 1", log_size),
                                std::span<const Fr>(full), 1, n));
  const std::size_t row_len = std::min(n, kMaxRowLen);
  IntVector bytes(IntType::kI8, kNumRows * row_len);
  std::mt19937_64 rng(n);
  for (std::size_t i = 0; i < kNumRows * row_len; ++i) {
    bytes.set(i, static_cast<std::int8_t>(rng()));
  }
  return run(fmt::format("{} rows of {} points, uniform 8-bit scalars", kNumRows, row_len), bytes.view(), kNumRows,
             row_len);
}

// One long transform, and as many points in short ones.
template <class F>
Status measure_transforms(const device::Device& cards, const device::XrtNtt<F>& ntt, const std::string& field,
                          unsigned log_size, CardReport& report) {
  std::mt19937_64 rng(log_size);
  std::vector<F> data(std::size_t{1} << log_size);
  for (F& x : data) {
    x = F::from_u64(rng() >> 1) * F::from_u64(rng() >> 1);
  }
  const auto run = [&](const std::string& name, unsigned log_n) {
    auto workload = make_workload(name, device::NttAbi<F>::kKernel.name, data.size(), "elements");
    workload.operations = data.size() / 2 * log_n;
    return measure(cards, report, workload, [&] { return ntt.transform(data, {.log_n = log_n}); });
  };
  PROOFCARD_RETURN_IF_ERROR(run(fmt::format("One transform of 2^{} elements of {}", log_size, field), log_size));
  return run(fmt::format("{} transforms of 2^{} elements of {}", 1U << kLogBatch, log_size - kLogBatch, field),
             log_size - kLogBatch);
}

Status measure_all(const device::Device& cards, unsigned log_size, CardReport& report) {
  PROOFCARD_RETURN_IF_ERROR(measure_sums(cards, log_size, report));
  if (cards.ntt_fr() != nullptr) {
    PROOFCARD_RETURN_IF_ERROR(measure_transforms(cards, *cards.ntt_fr(), "Fr", log_size, report));
  }
  if (cards.ntt_goldilocks() != nullptr) {
    PROOFCARD_RETURN_IF_ERROR(measure_transforms(cards, *cards.ntt_goldilocks(), "Goldilocks", log_size, report));
  }
  return {};
}

ReportedCard describe_card(const device::Session& session) {
  ReportedCard out{session.spec(), session.card_name(), session.xclbin_uuid(), {}};
  const std::vector<device::JobLog::Unit>& units = session.log().units();
  for (std::size_t u = 0; u < units.size(); ++u) {
    if (units[u].abi != nullptr) {
      out.units.push_back(
          {units[u].name, units[u].kernel, implementation_name(session.log().build(u)), units[u].abi->hash});
    }
  }
  return out;
}

Status run_card_report(const CardReportCommand& options) {
  if (!device::names_a_card(options.machine.device)) {
    return bad_input("--device " + options.machine.device, "expected cards, as sw_emu or xrt:0");
  }
  CardReport report;
  report.device = options.machine.device;
  report.clock_mhz = options.clock_mhz;
  report.copy_gb_per_s = options.copy_gb_per_s;
  if (!options.resources.empty()) {
    PROOFCARD_TRY(const Bytes text, read_file(options.resources));
    PROOFCARD_TRY(report.resources, parse_resources({text.begin(), text.end()}, options.resources));
  }
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.machine));
  static_cast<void>(backend);
  const device::Device& cards = *opened_cards(options.machine.device);
  for (std::size_t i = 0; i < cards.num_cards(); ++i) {
    report.cards.push_back(describe_card(cards.session(i)));
    report.emulated |= cards.session(i).name().target != device::CardName::kXrt;
  }
  PROOFCARD_RETURN_IF_ERROR(measure_all(cards, options.log_size, report));
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(options.out, card_report_html(report), Access::kPublic));
  PROOFCARD_RETURN_IF_ERROR(files.commit());
  say("wrote {}\n", printable(options.out));
  return {};
}

}  // namespace

void add_card_report(const Options& app) {
  auto options = std::make_shared<CardReportCommand>();
  options->machine.device = "sw_emu";
  const Options command =
      app.command("card-report", "Run sums and transforms on cards and write a page about their cycles");
  command.output("out", options->out, "The page (.html)").required();
  command.number("--log-size", options->log_size, 6, 22, "log2 of the number of points and of elements");
  command.input("--resources", options->resources, "What scripts/synth.py printed");
  command.number("--clock-mhz", options->clock_mhz, 1, 2000, "Clock of the projected card");
  command.number("--copy-gb-per-s", options->copy_gb_per_s, 0.001, 1000, "Copies between host and projected card");
  add_machine_options(command, options->machine);
  command.runs([options] { return run_card_report(*options); });
}

}  // namespace proofcard::tools
