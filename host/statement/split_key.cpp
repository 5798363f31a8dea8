#include "host/statement/split_key.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "host/base/text.hpp"
#include "host/hash/keccak.hpp"

namespace proofcard::statement {
namespace {

using circuit::Circuit;
using circuit::Visibility;
using tensor::Source;

constexpr std::string_view kDomain = "proofcard/split/1";
constexpr std::size_t kSourceBytes = 8;

void write_sources(ByteWriter& out, const std::vector<std::vector<Source>>& sources) {
  for (const std::vector<Source>& of_part : sources) {
    out.u32(static_cast<std::uint32_t>(of_part.size()));
    for (const Source& source : of_part) {
      out.u32(source.part);
      out.u32(source.index);
    }
  }
}

Digest digest_of(const SplitKey& key) {
  ByteWriter out;
  out.string(kDomain);
  out.string(key.model_name);
  out.u32(static_cast<std::uint32_t>(key.parts.size()));
  for (const VerifyingKey& part : key.parts) {
    out.raw(part.digest);
  }
  write_sources(out, key.sources);
  return hash::keccak256(out.bytes());
}

// One part by itself, and beside the first.
Status check_part(const SplitKey& key, std::size_t p) {
  const VerifyingKey& vk = key.parts[p];
  const Circuit& c = vk.circuit;
  const Circuit& first = key.parts[0].circuit;
  const std::string where = fmt::format("part {}", p + 1);
  if (const std::string name = part_name(key.model_name, p + 1, key.parts.size()); c.model_name != name) {
    return bad_input(where, "expected the key of \"{}\", found that of {}", name, shown_name(c.model_name));
  }
  if (vk.scheme.kind != pcs::Kind::kHyrax || c.batch != 1) {
    return bad_input(where, "expected a key with commitments of points, for one input a proof, found another");
  }
  if (c.weight_visibility != first.weight_visibility || c.fixed != first.fixed) {
    return bad_input(where, "expected weights that are {}, and the fixed inputs of part 1, found others",
                     circuit::visibility_name(first.weight_visibility));
  }
  if (p > 0 && c.input_visibility != Visibility::kCommitted) {
    return bad_input(where, "expected inputs that are committed, found {} ones",
                     circuit::visibility_name(c.input_visibility));
  }
  if (p + 1 < key.parts.size() && c.output_visibility != Visibility::kCommitted) {
    return bad_input(where, "expected outputs that are committed, found {} ones",
                     circuit::visibility_name(c.output_visibility));
  }
  return {};
}

// The tensor that a source means. Errors: there is none before this part, or none whose commitment could be looked at.
Result<const circuit::Tensor*> tensor_of(const SplitKey& key, std::size_t p, const Source& source,
                                         const std::string& where) {
  if (source.part > p) {
    return bad_input(where, "expected to come from a part before it, found part {}", source.part);
  }
  const Circuit& c = key.parts[source.part == 0 ? 0 : source.part - 1].circuit;
  const std::vector<std::uint32_t>& ids = source.part == 0 ? c.inputs : c.outputs;
  if (source.index >= ids.size()) {
    return bad_input(where, "expected one of {} tensors of part {}, found number {}", ids.size(), source.part,
                     source.index);
  }
  if (source.part == 0 && p > 0 && c.input_visibility != Visibility::kCommitted) {
    return bad_input(where, "expected to come from a part, for the model's inputs are not committed, found input {}",
                     source.index);
  }
  return &c.tensors[ids[source.index]];
}

Status check_sources(const SplitKey& key, std::size_t p, std::set<std::pair<std::uint32_t, std::uint32_t>>& read) {
  const Circuit& c = key.parts[p].circuit;
  const std::vector<Source>& sources = key.sources[p];
  if (sources.size() != c.inputs.size()) {
    return bad_input(fmt::format("part {}", p + 1),
                     "expected to be told where each of {} input(s) comes from, found {}", c.inputs.size(),
                     sources.size());
  }
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    const circuit::Tensor& t = c.tensors[c.inputs[i]];
    const std::string where = fmt::format("part {}, input {}", p + 1, shown_name(t.name));
    if (p == 0 && sources[i] != Source{0, i}) {
      return bad_input(where, "expected the model's input {}, found part {}, number {}", i, sources[i].part,
                       sources[i].index);
    }
    PROOFCARD_TRY(const circuit::Tensor* from, tensor_of(key, p, sources[i], where));
    if (const std::string text = difference(describe(*from), describe(t)); !text.empty()) {
      return bad_input(where, "{}", text);
    }
    read.emplace(sources[i].part, sources[i].index);
  }
  return {};
}

Status check(const SplitKey& key) {
  if (key.parts.size() < kMinParts || key.parts.size() > kMaxParts) {
    return bad_input("parts", "expected {} to {}, found {}", kMinParts, kMaxParts, key.parts.size());
  }
  if (key.sources.size() != key.parts.size() || key.cuts.size() + 1 != key.parts.size()) {
    return bad_input("parts", "expected inputs of {} parts and a cut less, found {} and {}", key.parts.size(),
                     key.sources.size(), key.cuts.size());
  }
  std::set<std::pair<std::uint32_t, std::uint32_t>> read;
  for (std::size_t p = 0; p < key.parts.size(); ++p) {
    PROOFCARD_RETURN_IF_ERROR(check_part(key, p));
    PROOFCARD_RETURN_IF_ERROR(check_sources(key, p, read));
  }
  for (std::uint32_t p = 1; p < key.parts.size(); ++p) {
    for (std::uint32_t o = 0; o < key.parts[p - 1].circuit.outputs.size(); ++o) {
      if (!read.contains({p, o})) {
        return bad_input(fmt::format("part {}", p),
                         "expected outputs that later parts read, found that nothing reads output {}", o);
      }
    }
  }
  return {};
}

}  // namespace

std::string part_name(const std::string& model_name, std::size_t part, std::size_t parts) {
  return fmt::format("{} (part {} of {})", model_name, part, parts);
}

Result<SplitKey> make_split_key(std::string model_name, std::vector<VerifyingKey> parts,
                                std::vector<std::vector<Source>> sources, std::vector<std::uint32_t> cuts) {
  SplitKey key{std::move(model_name), std::move(parts), std::move(sources), std::move(cuts)};
  PROOFCARD_RETURN_IF_ERROR(check(key));
  key.digest = digest_of(key);
  return key;
}

void write(ByteWriter& out, const SplitKey& key) {
  out.string(key.model_name);
  out.u32(static_cast<std::uint32_t>(key.parts.size()));
  for (const VerifyingKey& part : key.parts) {
    write(out, part);
  }
  write_sources(out, key.sources);
  for (const std::uint32_t cut : key.cuts) {
    out.u32(cut);
  }
}

Result<SplitKey> read_split_key(ByteReader& in) {
  PROOFCARD_TRY(std::string name, read_name(in, "model name", kMaxSplitNameBytes));
  PROOFCARD_TRY(const std::uint32_t parts, in.u32("parts"));
  if (parts < kMinParts || parts > kMaxParts) {
    return bad_input(in.what(), "parts: expected {} to {}, found {}", kMinParts, kMaxParts, parts);
  }
  std::vector<VerifyingKey> keys;
  for (std::uint32_t p = 0; p < parts; ++p) {
    PROOFCARD_TRY(VerifyingKey key, read_verifying_key(in));
    keys.push_back(std::move(key));
  }
  std::vector<std::vector<Source>> sources(parts);
  for (std::vector<Source>& of_part : sources) {
    PROOFCARD_TRY(const std::uint32_t inputs, in.count("inputs of a part", kSourceBytes));
    for (std::uint32_t i = 0; i < inputs; ++i) {
      Source source;
      PROOFCARD_TRY(source.part, in.u32("part of a source"));
      PROOFCARD_TRY(source.index, in.u32("index of a source"));
      of_part.push_back(source);
    }
  }
  std::vector<std::uint32_t> cuts(parts - 1);
  for (std::uint32_t& cut : cuts) {
    PROOFCARD_TRY(cut, in.u32("cut"));
  }
  return make_split_key(std::move(name), std::move(keys), std::move(sources), std::move(cuts));
}

Circuit outside(const SplitKey& key) {
  const Circuit& first = key.parts.front().circuit;
  const Circuit& last = key.parts.back().circuit;
  Circuit out;
  out.model_name = key.model_name;
  out.input_visibility = first.input_visibility;
  out.output_visibility = last.output_visibility;
  out.weight_visibility = first.weight_visibility;
  out.input_shapes = first.input_shapes;
  out.output_shapes = last.output_shapes;
  out.fixed = first.fixed;
  const auto add = [&out](const Circuit& from, const std::vector<std::uint32_t>& ids, std::vector<std::uint32_t>& to) {
    for (const std::uint32_t id : ids) {
      to.push_back(static_cast<std::uint32_t>(out.tensors.size()));
      out.tensors.push_back(from.tensors[id]);
    }
  };
  add(first, first.inputs, out.inputs);
  add(last, last.outputs, out.outputs);
  return out;
}

Security estimate_security(const SplitKey& key) {
  Security out;
  double error = 0;
  for (const VerifyingKey& part : key.parts) {
    const Security of_part = estimate_security(part.circuit, part.layout, part.scheme);
    error += std::exp2(-of_part.statistical_bits);
    out.computational_bits = std::min(out.computational_bits, of_part.computational_bits);
    for (Security::Step step : of_part.steps) {
      step.name = fmt::format("{}: {}", part.circuit.model_name, step.name);
      out.steps.push_back(std::move(step));
    }
  }
  out.statistical_bits = -std::log2(error);
  return out;
}

}  // namespace proofcard::statement
