#include "tests/support/lying_prover.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "host/argument/hyrax.hpp"
#include "host/base/check.hpp"
#include "tests/support/random.hpp"

namespace proofcard::testing {
namespace {

using Constraint = VerifierChannel::Constraint;

constexpr std::size_t kMaxRows = 20000;  // of hidden messages; more than any proof of these tests has

// Values of the message variables that checks are about.
struct Sent {
  std::vector<Fr> rows;    // by row * kHiddenRowLen + position
  std::vector<Fr> vector;  // what the opening ends with
  std::vector<Fr> challenges;

  Fr at(std::uint32_t variable) const {
    return variable < kVectorVariables ? rows[variable] : vector[variable - kVectorVariables];
  }
  Fr at(const Value& form) const {
    Fr sum = form.constant();
    for (const auto& [variable, coefficient] : form.terms()) {
      sum += coefficient * at(variable);
    }
    return sum;
  }
  Fr at(const Constraint& c) const {
    Fr sum = at(c.rest);
    for (const auto& product : c.products) {
      sum += at(product.a) * at(product.b);
    }
    return sum;
  }
};

std::set<std::uint32_t> variables(const Constraint& c) {
  std::set<std::uint32_t> out;
  const auto note = [&out](const Value& form) {
    for (const auto& [variable, coefficient] : form.terms()) {
      out.insert(variable);
    }
  };
  note(c.rest);
  for (const auto& product : c.products) {
    note(product.a);
    note(product.b);
  }
  return out;
}

// The checks as equations between message variables. Challenges that are still to come are random numbers.
std::vector<Constraint> equations(const Model& model, const statement::Header& header, std::span<const Fr> drawn) {
  static const Bytes infinities = [] {
    Bytes out(kMaxRows * Fr::kBytes);
    for (std::size_t i = Fr::kBytes - 1; i < out.size(); i += Fr::kBytes) {
      out[i] = 0x40;
    }
    return out;
  }();
  Transcript transcript("equations");
  transcript.set_oracle([drawn, random = Random(1)](std::string_view, std::size_t n) mutable {
    std::vector<Fr> out(n);
    for (Fr& c : out) {
      c = drawn.empty() ? random.fr() : drawn.front();
      drawn = drawn.subspan(drawn.empty() ? 0 : 1);
    }
    return out;
  });
  VerifierChannel channel(std::move(transcript), infinities, true);
  PROOFCARD_CHECK(argument::check_hyrax(channel, model.vk, header).ok());
  return channel.constraints();
}

class Liar : public Interceptor {
 public:
  // spared: none to make nothing fit.
  Liar(const Model& model, const statement::Header& header, const Forgery& forgery, std::optional<std::string> spared)
      : model_(model), header_(header), forgery_(forgery), spared_(std::move(spared)) {}

  void message(std::string_view label, std::span<Fr> values) override {
    const std::vector<Fr> honest(values.begin(), values.end());
    if (forgery_.lie) {
      forgery_.lie(label, values);
    }
    if (label.starts_with("zk.") || label == "open.blinding") {
      return;
    }
    std::vector<Fr>& into = label == "open.vector" ? sent_.vector : sent_.rows;
    const std::size_t first = into.size();
    into.insert(into.end(), values.begin(), values.end());
    if (label != "open.vector") {
      into.resize((into.size() + kHiddenRowLen - 1) / kHiddenRowLen * kHiddenRowLen);
    }
    if (spared_ && !values.empty() && label != "gkr.round" && label != "sumcheck.round") {
      lied_.clear();
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] != honest[i]) {
          lied_.insert(static_cast<std::uint32_t>(first + i) + (label == "open.vector" ? kVectorVariables : 0));
        }
      }
      fit(static_cast<std::uint32_t>(first) + (label == "open.vector" ? kVectorVariables : 0),
          static_cast<std::uint32_t>(values.size()));
      const std::span<const Fr> fitted = std::span<const Fr>(into).subspan(first, values.size());
      if (label == "open.product" || label == "open.vector") {
        opens_ = opens_ && std::ranges::equal(fitted, values);
      }
      std::ranges::copy(fitted, values.begin());
    }
  }
  void points(std::string_view label, std::span<curve::G1Affine> points) override {
    if (forgery_.lie_in_points) {
      forgery_.lie_in_points(label, points);
    }
  }
  void challenges(std::string_view /*label*/, std::span<const Fr> drawn) override {
    sent_.challenges.insert(sent_.challenges.end(), drawn.begin(), drawn.end());
  }

  Sent& sent() { return sent_; }
  bool opens() const { return opens_; }

 private:
  bool is_spared(const Constraint& c) const { return c.stage == *spared_; }

  // Makes the equations hold whose last variables are among these.
  void fit(std::uint32_t first, std::uint32_t count) {
    const std::vector<Constraint> all = equations(model_, header_, sent_.challenges);
    struct Closed {
      const Constraint* equation;
      std::set<std::uint32_t> variables;
    };
    std::vector<Closed> closed;
    std::set<std::uint32_t> in_spared;
    std::set<std::uint32_t> in_later;
    for (const Constraint& c : all) {
      std::set<std::uint32_t> in = variables(c);
      if (is_spared(c)) {
        in_spared.insert(in.begin(), in.end());
      } else if (*in.rbegin() >= first + count) {
        in_later.insert(in.begin(), in.end());
      } else if (*in.rbegin() >= first) {
        closed.push_back({&c, std::move(in)});
      }
    }
    for (std::size_t k = 0; k < closed.size(); ++k) {
      if (sent_.at(*closed[k].equation).is_zero()) {
        continue;
      }
      std::vector<std::uint32_t> free;  // those that no other equation closed here depends on
      for (const std::uint32_t v : closed[k].variables) {
        const auto other = [&](const Closed& c) { return &c != &closed[k] && c.variables.contains(v); };
        if (v >= first && v < first + count && !lied_.contains(v) &&
            std::none_of(closed.begin(), closed.end(), other)) {
          free.push_back(v);
        }
      }
      const auto rank = [&](std::uint32_t v) { return in_spared.contains(v) ? 0 : (in_later.contains(v) ? 1 : 2); };
      std::ranges::stable_sort(free, {}, rank);
      for (const std::uint32_t v : free) {
        if (solve(*closed[k].equation, v)) {
          break;
        }
      }
    }
  }

  bool solve(const Constraint& equation, std::uint32_t variable) {
    Fr& x = variable < kVectorVariables ? sent_.rows[variable] : sent_.vector[variable - kVectorVariables];
    const Fr before = x;
    const Fr at_0 = sent_.at(equation);
    x = before + Fr::one();
    const Fr slope = sent_.at(equation) - at_0;
    x = before;
    if (slope.is_zero()) {
      return false;
    }
    x = before - at_0 * slope.inverse();
    return true;
  }

  const Model& model_;
  const statement::Header& header_;
  const Forgery& forgery_;
  std::optional<std::string> spared_;
  std::set<std::uint32_t> lied_;  // elements of the current message that the forgery changed
  Sent sent_;
  bool opens_ = true;
};

Bytes send(const Model& model, const statement::Header& header, const circuit::Assignment& assignment,
           ProverChannel& channel, const prover::Blindings& blindings) {
  Stages stages;
  const Status status = prover::prove_messages(cpu_backend(), model.context, model.vk, header, assignment, blindings,
                                               channel, statement::begin_transcript(model.vk.circuit, header), stages);
  PROOFCARD_CHECK(status.ok());
  return channel.take_proof();
}

// What the opening ends with when these are the challenges: it is not sent in zero-knowledge mode.
std::vector<Fr> last_vector(const Model& model, const statement::Header& header, const circuit::Assignment& assignment,
                            std::span<const Fr> challenges) {
  struct Recorder : Interceptor {
    void message(std::string_view label, std::span<Fr> values) override {
      if (label == "open.vector") {
        vector.assign(values.begin(), values.end());
      }
    }
    std::vector<Fr> vector;
  } recorder;
  Transcript transcript("replay");
  transcript.set_oracle([challenges](std::string_view, std::size_t n) mutable {
    const std::vector<Fr> out(challenges.begin(), challenges.begin() + static_cast<std::ptrdiff_t>(n));
    challenges = challenges.subspan(n);
    return out;
  });
  ProverChannel channel(std::move(transcript));
  channel.set_interceptor(&recorder);
  send(model, header, assignment, channel, prover::Blindings(model.vk.layout.columns.size()));
  return recorder.vector;
}

statement::PublicTensors public_tensors(const Model& model, const circuit::Assignment& assignment) {
  const circuit::Circuit& circuit = model.vk.circuit;
  statement::PublicTensors out(circuit.tensors.size());
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    if (circuit.is_public(id)) {
      out[id] = statement::unpad(circuit.tensors[id], assignment.public_tensors[id]);
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> stages(const Model& model) {
  std::vector<std::string> out;
  const statement::Header header{model.mode, model.vk.digest, public_tensors(model, model.assignment)};
  for (Constraint& c : equations(model, header, {})) {
    if (std::ranges::find(out, c.stage) == out.end()) {
      out.push_back(std::move(c.stage));
    }
  }
  return out;
}

Forgery with_assignment(const Model& model, std::string name, circuit::Assignment assignment) {
  statement::PublicTensors stated = public_tensors(model, assignment);
  return {std::move(name), std::move(assignment), std::move(stated), {}, {}};
}

namespace {

Forged run(const Model& model, const Forgery& forgery, const std::optional<std::string>& spared) {
  const circuit::Circuit& circuit = model.vk.circuit;
  const statement::Header header{model.mode, model.vk.digest, forgery.stated};
  std::optional<hash::BlindingSource> blinding;
  prover::Blindings blindings = model.weight_blindings;
  blindings.resize(model.vk.layout.columns.size());
  if (model.mode.zero_knowledge) {
    blinding = hash::BlindingSource::from_seed(1, {});
    blindings = prover::complete_blindings(*blinding, model.vk.layout, std::move(blindings));
  }
  ProverChannel channel(statement::begin_transcript(circuit, header), blinding ? &*blinding : nullptr);
  Liar liar(model, header, forgery, spared);
  channel.set_interceptor(&liar);
  const Bytes messages = send(model, header, forgery.assignment, channel, blindings);

  Forged out;
  ByteWriter file;
  statement::write(file, circuit, header);
  file.raw(messages);
  out.proof = file.take();
  out.opens = liar.opens();
  if (model.mode.zero_knowledge) {
    liar.sent().vector = last_vector(model, header, forgery.assignment, liar.sent().challenges);
  }
  for (const Constraint& c : equations(model, header, liar.sent().challenges)) {
    if (!liar.sent().at(c).is_zero()) {
      out.violated.push_back(c.stage);
    }
  }
  return out;
}

}  // namespace

Forged forge(const Model& model, const Forgery& forgery, const std::string& spared) {
  return run(model, forgery, spared);
}

Forged send_honestly(const Model& model, const Forgery& forgery) { return run(model, forgery, std::nullopt); }

}  // namespace proofcard::testing
