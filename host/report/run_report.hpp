// What --report writes: times, sizes and settings of one command, as JSON.
//
// Keys are always present; what does not apply to the command is null.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/base/stages.hpp"
#include "host/device/jobs/job_log.hpp"
#include "host/device/jobs/memory_use.hpp"
#include "host/device/session/session.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/graph/quantize/accuracy/accuracy.hpp"
#include "host/session/cost.hpp"
#include "host/session/model.hpp"
#include "host/session/proving.hpp"
#include "host/session/values/cut_off.hpp"
#include "host/statement/proof.hpp"
#include "host/statement/split_key.hpp"

namespace proofcard::tools {

// What a card's completion records add up to, by unit; units of kernels that this program does not know are left out.
struct CardUse {
  std::string card;
  std::string failure;  // why it ended, or nothing
  struct Unit {
    std::string name;
    device::Counters counters;
  };
  std::vector<Unit> units;
  device::Traffic traffic;                  // of all kernels
  std::uint64_t quotient_chains = 0;        // groth16's quotients that never left the card
  std::optional<device::MemoryUse> memory;  // nothing: the card does not count it
  std::string memory_error;                 // why a card that counts it did not say
};
// Of the cards that find_backend() opened as `device`; none for the CPU.
std::vector<CardUse> card_use(const std::string& device);

struct Report {
  std::string command;
  std::string model;
  std::string vk_digest;  // hex
  std::string device;
  std::optional<double> compile_ms;
  std::optional<double> setup_ms;
  std::optional<double> prove_ms;     // inference and proof, without reading files
  std::optional<double> verify_ms;    // without reading files and without vk_check_ms
  std::optional<double> vk_check_ms;  // the proof that the weights lie in their ranges, once a model
  std::optional<std::uint64_t> model_bytes;
  std::optional<std::uint64_t> proof_bytes;
  std::optional<std::uint64_t> vk_bytes;
  std::optional<std::uint64_t> pk_bytes;
  std::optional<double> security_bits;
  std::optional<double> statistical_bits;
  std::optional<bool> zero_knowledge;
  std::optional<bool> weights_hidden;  // by the key
  std::optional<bool> seeded;
  std::optional<bool> accepted;
  std::optional<std::string> reason;  // why a proof was rejected
  std::optional<graph::AccuracyReport> accuracy;
  std::optional<PlanReport> plan;
  std::optional<std::vector<CutOffStep>> cut_off;  // of prove
  std::optional<ClippedTensors> clipped;           // of prove
  std::optional<Cost> cost;                        // estimated, before anything is proved
  std::vector<CardUse> cards;
  std::optional<std::uint64_t> composed_quotients;  // that had no room on the cards as a chain
  Stages stages;
};

// What a compilation, and a proof, say of themselves; times, cards and sizes of other files are the caller's.
void add_to_report(Report& report, const Compilation& compilation, const Cost& cost);
void add_to_report(Report& report, const ProverKey& key, const ProofResult& result, const statement::Mode& mode);
// Of a key: model, digest, security, what it hides.
void add_to_report(Report& report, const statement::VerifyingKey& vk);
void add_to_report(Report& report, const statement::SplitKey& key);

// The report, with threads, instruction set and peak memory of this process filled in.
std::string report_json(const Report& report);
// Who may read it: what cards counted (digits that are not 0, cycles, stalls), and which inner values were cut off, follow
// from secret values.
Access report_access(const Report& report);

std::uint64_t peak_rss_bytes();

// What the mode of a proof hides. A seeded one hides nothing from who knows or guesses the seed; no proof hides weights
// that its key shows.
std::string zero_knowledge_text(const statement::Mode& mode, bool key_shows_weights);

std::string format_bytes(std::uint64_t bytes);
std::string format_ms(double milliseconds);

}  // namespace proofcard::tools
