// proofcard card-report OUT.html --device CARDS
#include <fmt/format.h>

#include <memory>
#include <random>

#include "host/pcs/hyrax/commitment.hpp"
#include "host/tools/backend.hpp"
#include "host/tools/card_report.hpp"
#include "host/tools/commands.hpp"
#include "host/tools/files.hpp"
#include "host/tools/report.hpp"

namespace proofcard::tools {
namespace {

constexpr std::size_t kNumRows = 64;
constexpr std::size_t kMaxRowLen = 2048;

struct CardReportCommand {
  std::string out;
  std::string resources;
  unsigned log_size = 12;
  double clock_mhz = 300;
  double copy_gb_per_s = 12;
  MachineOptions machine;
};

// What all units have done so far.
std::vector<ReportedUnit> read_counters(const device::Device& cards) {
  std::vector<ReportedUnit> out;
  for (std::size_t i = 0; i < cards.num_cards(); ++i) {
    const device::MsmCard& card = cards.card(i);
    for (std::uint32_t u = 0; u < card.num_units(); ++u) {
      out.push_back({card.session().spec(), card.unit_name(u), card.counters(u)});
    }
  }
  return out;
}

class Measurement {
 public:
  static Result<Measurement> make(const device::Device& cards, unsigned log_size) {
    PROOFCARD_TRY(auto bases, cards.msm().load_bases(pcs::hyrax::derive(log_size)));
    return Measurement(cards, std::move(bases));
  }

  template <class Scalars>
  Status run(CardReport& report, const std::string& name, const Scalars& scalars, std::size_t num_rows,
             std::size_t row_len) const {
    ReportedWorkload out;
    out.name = name;
    const std::vector<ReportedUnit> before = read_counters(*cards_);
    std::vector<curve::G1Affine> sums(num_rows);
    const Timer timer;
    PROOFCARD_RETURN_IF_ERROR(cards_->msm().rows(sums, *bases_, scalars, row_len));
    out.wall_ms = timer.milliseconds();
    out.units = read_counters(*cards_);
    for (std::size_t i = 0; i < out.units.size(); ++i) {
      out.units[i].counters = out.units[i].counters - before[i].counters;
    }
    report.workloads.push_back(std::move(out));
    return {};
  }

 private:
  Measurement(const device::Device& cards, std::shared_ptr<const kernels::MsmBases> bases)
      : cards_(&cards), bases_(std::move(bases)) {}

  const device::Device* cards_;
  std::shared_ptr<const kernels::MsmBases> bases_;
};

std::vector<Fr> uniform(std::size_t n) {
  std::mt19937_64 rng(n);
  std::vector<Fr> out(n);
  for (Fr& x : out) {
    x = Fr::from_u256_reduced({rng(), rng(), rng(), rng()});
  }
  return out;
}

Status measure(const device::Device& cards, unsigned log_size, CardReport& report) {
  PROOFCARD_TRY(const Measurement measurement, Measurement::make(cards, log_size));
  const std::size_t n = std::size_t{1} << log_size;
  std::vector<Fr> full = uniform(n);
  PROOFCARD_RETURN_IF_ERROR(measurement.run(report,
                                            fmt::format("One sum of 2^{} points, uniform 254-bit scalars", log_size),
                                            std::span<const Fr>(full), 1, n));
  for (std::size_t i = 0; i < n; ++i) {
    full[i] = i % 10 == 0 ? full[i] : Fr::from_u64(i % 2);
  }
  PROOFCARD_RETURN_IF_ERROR(measurement.run(report,
                                            fmt::format("One sum of 2^{} points, 90 % of the scalars 0 or 1", log_size),
                                            std::span<const Fr>(full), 1, n));
  const std::size_t row_len = std::min(n, kMaxRowLen);
  IntVector bytes(IntType::kI8, kNumRows * row_len);
  std::mt19937_64 rng(n);
  for (std::size_t i = 0; i < kNumRows * row_len; ++i) {
    bytes.set(i, static_cast<std::int8_t>(rng()));
  }
  return measurement.run(report, fmt::format("{} rows of {} points, uniform 8-bit scalars", kNumRows, row_len),
                         bytes.view(), kNumRows, row_len);
}

Status run_card_report(const CardReportCommand& options) {
  if (!device::names_a_card(options.machine.device)) {
    return bad_input("--device " + options.machine.device, "expected cards, as sw_emu or xrt:0");
  }
  PROOFCARD_RETURN_IF_ERROR(check_writable(options.out));
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
  report.counts_memory = true;
  for (std::size_t i = 0; i < cards.num_cards(); ++i) {
    const device::MsmCard& card = cards.card(i);
    const bool rtl = (card.build() & 0xff) == device::abi::kImplementationRtl;
    report.counts_memory &= rtl || card.session().name().target == device::CardName::kXrt;
    report.cards.push_back(fmt::format("{}: {}, {} kernel, {} unit(s), windows of {} bits, ABI {:016x}, xclbin {}",
                                       card.session().spec(), card.session().card_name(), rtl ? "RTL" : "HLS",
                                       card.num_units(), card.window_bits(254), device::abi::kAbiHash,
                                       card.session().xclbin_uuid()));
  }
  PROOFCARD_RETURN_IF_ERROR(measure(cards, options.log_size, report));
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(options.out, card_report_html(report), Access::kPublic));
  PROOFCARD_RETURN_IF_ERROR(files.commit());
  fmt::print("wrote {}\n", options.out);
  return {};
}

}  // namespace

void add_card_report(CLI::App& app, Command& selected) {
  auto options = std::make_shared<CardReportCommand>();
  options->machine.device = "sw_emu";
  CLI::App* command = app.add_subcommand("card-report", "Run sums on cards and write a page about their cycles");
  command->add_option("out", options->out, "The page (.html)")->required();
  command->add_option("--log-size", options->log_size, "log2 of the number of points")
      ->check(CLI::Range(6, 22))
      ->capture_default_str();
  command->add_option("--resources", options->resources, "What scripts/synth.py printed");
  command->add_option("--clock-mhz", options->clock_mhz, "Clock of the projected card")
      ->check(CLI::Range(1.0, 2000.0))
      ->capture_default_str();
  command->add_option("--copy-gb-per-s", options->copy_gb_per_s, "Copies between host and projected card")
      ->check(CLI::Range(0.001, 1000.0))
      ->capture_default_str();
  add_machine_options(*command, options->machine);
  command->callback([options, &selected] { selected = [options] { return run_card_report(*options); }; });
}

}  // namespace proofcard::tools
