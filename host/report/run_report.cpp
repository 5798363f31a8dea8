#include "host/report/run_report.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <nlohmann/json.hpp>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "host/base/text.hpp"
#include "host/formats/json_text.hpp"
#include "host/report/text/accuracy_text.hpp"
#include "host/report/text/cost_text.hpp"
#include "host/report/text/cut_off_text.hpp"
#include "host/report/text/plan_text.hpp"
#include "host/session/backend.hpp"
#include "host/session/setup.hpp"
#include "host/session/split/split_verifying.hpp"
#include "host/statement/security.hpp"

namespace proofcard::tools {
namespace {

template <class T>
nlohmann::ordered_json value_or_null(const std::optional<T>& v) {
  return v ? nlohmann::ordered_json(*v) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json text_or_null(const std::string& s) {
  return s.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(s);
}

nlohmann::ordered_json to_json(const CardUse& use) {
  nlohmann::ordered_json json{{"card", use.card}, {"failure", text_or_null(use.failure)}};
  json["units"] = nlohmann::ordered_json::array();
  for (const CardUse::Unit& unit : use.units) {
    const device::Counters& c = unit.counters;
    nlohmann::ordered_json out{{"unit", unit.name}, {"kernel", std::string(c.kernel->name)}, {"jobs", c.jobs}};
    for (const device::abi::Counter& counter : c.kernel->counters) {
      out[std::string(counter.name)] = c[counter.name];
    }
    out["kernel_ms"] = static_cast<double>(c.kernel_ns) / 1e6;
    out["in_bytes"] = c.in_bytes;
    out["out_bytes"] = c.out_bytes;
    json["units"].push_back(std::move(out));
  }
  json["memory"] = nullptr;
  if (use.memory) {
    json["memory"] = {{"kernel_mhz", use.memory->kernel_mhz}, {"channels", nlohmann::ordered_json::array()}};
    for (const device::ChannelUse& c : use.memory->channels) {
      json["memory"]["channels"].push_back({{"channel", c.tag},
                                            {"peak_bytes_per_second", c.peak_bytes_per_second},
                                            {"read_bytes", c.bytes_read},
                                            {"written_bytes", c.bytes_written},
                                            {"copied_in_bytes", c.copied_in},
                                            {"copied_out_bytes", c.copied_out},
                                            {"row_misses", c.row_misses},
                                            {"refreshes", c.refreshes},
                                            {"busy_ms", static_cast<double>(c.busy_ps) / 1e9}});
    }
  }
  json["in_bytes"] = use.traffic.in_bytes;
  json["out_bytes"] = use.traffic.out_bytes;
  json["quotient_chains"] = use.quotient_chains;
  return json;
}

}  // namespace

std::vector<CardUse> card_use(const std::string& device) {
  std::vector<CardUse> out;
  const device::Device* cards = opened_cards(device);
  for (std::size_t i = 0; cards != nullptr && i < cards->num_cards(); ++i) {
    const device::Session& session = cards->session(i);
    const auto failure = session.failure();
    CardUse use{session.spec(), failure ? failure->what : "", {}, session.traffic(), 0, {}, {}};
    if (cards->quotient() != nullptr) {
      use.quotient_chains = cards->quotient()->card(i).chains();
    }
    const std::vector<device::JobLog::Unit>& units = session.log().units();
    for (std::size_t u = 0; u < units.size(); ++u) {
      if (units[u].abi != nullptr) {
        use.units.push_back({units[u].name, session.log().counters(u)});
      }
    }
    if (auto memory = session.memory_use(); memory.ok()) {
      use.memory = std::move(*memory);
    } else {
      use.memory_error = memory.error().message();
    }
    out.push_back(std::move(use));
  }
  return out;
}

void add_to_report(Report& report, const Compilation& compilation, const Cost& cost) {
  report.model = compilation.model.options.model_name;
  report.accuracy = compilation.accuracy;
  report.plan = compilation.plan;
  report.cost = cost;
}

void add_to_report(Report& report, const statement::VerifyingKey& vk) {
  const statement::Security security = statement::estimate_security(vk.circuit, vk.layout, vk.scheme);
  report.model = vk.circuit.model_name;
  report.vk_digest = hex(vk.digest);
  report.security_bits = security.bits();
  report.statistical_bits = security.statistical_bits;
  report.weights_hidden = hides_weights(vk);
}

void add_to_report(Report& report, const statement::SplitKey& key) {
  const statement::Security security = statement::estimate_security(key);
  report.model = key.model_name;
  report.vk_digest = hex(key.digest);
  report.security_bits = security.bits();
  report.statistical_bits = security.statistical_bits;
  report.weights_hidden = hides_weights(weakest_part(key));
}

void add_to_report(Report& report, const ProverKey& key, const ProofResult& result, const statement::Mode& mode) {
  add_to_report(report, key.vk);
  report.model = key.model.options.model_name;
  report.proof_bytes = result.proof.size();
  report.zero_knowledge = mode.zero_knowledge;
  report.seeded = mode.seeded;
  report.cut_off = result.cut_off;
}

Access report_access(const Report& report) {
  return report.cards.empty() && !report.cut_off && !report.clipped ? Access::kPublic : Access::kOwnerOnly;
}

std::string report_json(const Report& report) {
  nlohmann::ordered_json json;
  json["command"] = report.command;
  json["version"] = PROOFCARD_VERSION;
  json["model"] = text_or_null(report.model);
  json["vk_digest"] = text_or_null(report.vk_digest);
  json["device"] = text_or_null(report.device);
  json["threads"] = num_threads();
  json["isa"] = isa_name(active_isa());
  json["compile_ms"] = value_or_null(report.compile_ms);
  json["setup_ms"] = value_or_null(report.setup_ms);
  json["prove_ms"] = value_or_null(report.prove_ms);
  json["verify_ms"] = value_or_null(report.verify_ms);
  json["vk_check_ms"] = value_or_null(report.vk_check_ms);
  json["model_bytes"] = value_or_null(report.model_bytes);
  json["proof_bytes"] = value_or_null(report.proof_bytes);
  json["vk_bytes"] = value_or_null(report.vk_bytes);
  json["pk_bytes"] = value_or_null(report.pk_bytes);
  json["peak_rss_bytes"] = peak_rss_bytes();
  json["security_bits"] = value_or_null(report.security_bits);
  json["statistical_bits"] = value_or_null(report.statistical_bits);
  json["zero_knowledge"] = value_or_null(report.zero_knowledge);
  json["weights_hidden"] = value_or_null(report.weights_hidden);
  json["seeded"] = value_or_null(report.seeded);
  json["accepted"] = value_or_null(report.accepted);
  json["reason"] = value_or_null(report.reason);
  json["accuracy"] = report.accuracy ? to_json(*report.accuracy) : nlohmann::ordered_json(nullptr);
  json["plan"] = report.plan ? to_json(*report.plan) : nlohmann::ordered_json(nullptr);
  json["estimate"] = report.cost ? to_json(*report.cost) : nlohmann::ordered_json(nullptr);
  json["cut_off"] = report.cut_off ? to_json(*report.cut_off) : nlohmann::ordered_json(nullptr);
  json["clipped"] = report.clipped ? to_json(*report.clipped) : nlohmann::ordered_json(nullptr);
  json["cards"] = nlohmann::ordered_json::array();
  for (const CardUse& use : report.cards) {
    json["cards"].push_back(to_json(use));
  }
  json["composed_quotients"] = value_or_null(report.composed_quotients);
  json["stages"] = nlohmann::ordered_json::object();
  for (const auto& [name, ms] : report.stages.milliseconds()) {
    json["stages"][name] = ms;
  }
  return json_text(json) + "\n";
}

std::string zero_knowledge_text(const statement::Mode& mode, bool key_shows_weights) {
  if (!mode.zero_knowledge) {
    return "no";
  }
  if (mode.seeded) {
    return fmt::format("only for those who do not know the seed (seeded){}",
                       key_shows_weights ? ", and not for the weights" : "");
  }
  return key_shows_weights ? "for all but the weights" : "yes";
}

std::uint64_t peak_rss_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

std::string format_bytes(std::uint64_t bytes) {
  if (bytes < 10'000) {
    return fmt::format("{} bytes", bytes);
  }
  if (bytes < 10'000'000) {
    return fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  }
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string format_ms(double milliseconds) {
  return milliseconds < 10'000 ? fmt::format("{:.1f} ms", milliseconds) : fmt::format("{:.2f} s", milliseconds / 1000);
}

}  // namespace proofcard::tools
