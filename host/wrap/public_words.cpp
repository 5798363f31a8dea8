#include "host/wrap/public_words.hpp"

#include <algorithm>
#include <bit>

#include "host/wrap/bits.hpp"
#include "host/wrap/public_digest.hpp"

namespace proofcard::wrap {
namespace {

std::uint64_t span_of(const circuit::Tensor& tensor) {
  return static_cast<std::uint64_t>(tensor.hi) - static_cast<std::uint64_t>(tensor.lo);
}

std::uint64_t offset_value(const circuit::Tensor& tensor, std::int64_t value) {
  return static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(tensor.lo);
}

// Calls visit(value, word, position in the word).
template <class Visit>
void for_each_value(const Packing& packing, const PackedTensor& packed, Visit&& visit) {
  for (std::size_t row = 0; row < packing.num_rows; ++row) {
    const std::size_t first_word = row * packing.words_a_row + packed.first_word;
    for (std::size_t i = 0; i < packed.num_values; ++i) {
      visit(row * packed.num_values + i, first_word + i / packed.values_per_word(), i % packed.values_per_word());
    }
  }
}

Fr power_of_two(std::size_t exponent) { return Fr::from_u64(2).pow_vartime({exponent, 0, 0, 0}); }

std::uint64_t bits_at(const U256& v, std::size_t first, unsigned count) {
  const std::size_t limb = first / 64, shift = first % 64;
  std::uint64_t out = v[limb] >> shift;
  if (shift != 0 && limb + 1 < v.size()) {
    out |= v[limb + 1] << (64 - shift);
  }
  return count < 64 ? out & ((std::uint64_t{1} << count) - 1) : out;
}

// Requires v <= largest; v is known to have so many bits.
void require_at_most(Builder& builder, const Wire& v, std::uint64_t largest, unsigned bits) {
  if (std::popcount(largest) != static_cast<int>(bits)) {
    bits_below(builder, Wire(Fr::from_u64(largest)) - v, bits);
  }
}

}  // namespace

std::size_t PackedTensor::values_per_word() const { return kWordBits / std::max(bits, 1U); }

Packing packing(const circuit::Circuit& circuit, PublicForm form) {
  Packing out;
  out.num_rows = form == PublicForm::kDigest ? circuit.batch : 1;
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    if (!circuit.is_public(id)) {
      continue;
    }
    const circuit::Tensor& tensor = circuit.tensors[id];
    PackedTensor packed{id, static_cast<std::size_t>(tensor::num_elements(tensor.shape)) / out.num_rows,
                        static_cast<unsigned>(std::bit_width(span_of(tensor))), out.words_a_row, 0};
    packed.num_words = (packed.num_values + packed.values_per_word() - 1) / packed.values_per_word();
    out.words_a_row += packed.num_words;
    out.tensors.push_back(packed);
  }
  return out;
}

std::size_t num_signals(const circuit::Circuit& circuit, PublicForm form) {
  return form == PublicForm::kDigest ? kNumDigestSignals : packing(circuit, form).num_words() + 1;
}

std::vector<Fr> pack(const circuit::Circuit& circuit, PublicForm form, const statement::PublicTensors& publics) {
  const Packing all = packing(circuit, form);
  std::vector<Fr> words(all.num_words());
  for (const PackedTensor& packed : all.tensors) {
    for_each_value(all, packed, [&](std::size_t i, std::size_t word, std::size_t position) {
      const std::uint64_t value = offset_value(circuit.tensors[packed.tensor], publics[packed.tensor][i]);
      words[word] += Fr::from_u64(value) * power_of_two(position * packed.bits);
    });
  }
  return words;
}

std::vector<Fr> signals_of(PublicForm form, std::span<const Fr> words, const Fr& context) {
  if (form == PublicForm::kDigest) {
    const DigestSignals signals = digest_signals(words, context);
    return {signals.digest, signals.value, signals.challenge};
  }
  std::vector<Fr> out(words.begin(), words.end());
  out.push_back(context);
  return out;
}

Result<statement::PublicTensors> unpack(const circuit::Circuit& circuit, PublicForm form, std::span<const Fr> words) {
  const Packing all = packing(circuit, form);
  if (words.size() != all.num_words()) {
    return rejected("public words", "expected {} of values, found {}", all.num_words(), words.size());
  }
  statement::PublicTensors out(circuit.tensors.size());
  for (const PackedTensor& packed : all.tensors) {
    const circuit::Tensor& tensor = circuit.tensors[packed.tensor];
    IntVector values(tensor.type, all.num_rows * packed.num_values);
    Status found;
    for_each_value(all, packed, [&](std::size_t i, std::size_t word, std::size_t position) {
      const std::uint64_t value = bits_at(words[word].canonical(), position * packed.bits, packed.bits);
      if (value > span_of(tensor) && found.ok()) {
        found = rejected("public words",
                         "word {}, element {} of \"{}\": expected a value in [{}, {}], found {} more than {}", word, i,
                         tensor.name, tensor.lo, tensor.hi, value, tensor.lo);
        return;
      }
      values.set(i,
                 static_cast<std::int64_t>(static_cast<std::uint64_t>(tensor.lo) + std::min(value, span_of(tensor))));
    });
    PROOFCARD_RETURN_IF_ERROR(found);
    out[packed.tensor] = std::move(values);
  }
  const std::vector<Fr> again = pack(circuit, form, out);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (again[i] != words[i]) {
      return rejected("public words", "word {}: expected zeros above its values, found others", i);
    }
  }
  return out;
}

PublicWires public_wires(Builder& builder, const circuit::Circuit& circuit, PublicForm form,
                         const statement::PublicTensors& publics, const Fr& context) {
  const Part part(builder, "public words");
  const Packing all = packing(circuit, form);
  std::vector<Wire> sums(all.num_words());
  PublicWires out{std::vector<std::vector<Wire>>(circuit.tensors.size()), Wire()};
  for (const PackedTensor& packed : all.tensors) {
    const circuit::Tensor& tensor = circuit.tensors[packed.tensor];
    for_each_value(all, packed, [&](std::size_t i, std::size_t word, std::size_t position) {
      Wire value;
      if (packed.bits > 0) {
        value = builder.wire(Fr::from_u64(offset_value(tensor, publics[packed.tensor][i])));
        bits_below(builder, value, packed.bits);
        require_at_most(builder, value, span_of(tensor), packed.bits);
      }
      sums[word] += value * power_of_two(position * packed.bits);
      out.values[packed.tensor].push_back(value + Fr::from_i64(tensor.lo));
    });
  }
  if (form == PublicForm::kDigest) {
    for (Wire& sum : sums) {
      sum = sum.is_constant() ? sum : builder.wire_of(sum);  // the digest and the value have it many times
    }
    require_digest(builder, sums, context);
    return out;
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    builder.require_equal(builder.public_wire(static_cast<std::uint32_t>(i), sums[i].value()), sums[i]);
  }
  out.context = builder.public_wire(static_cast<std::uint32_t>(sums.size()), context);
  return out;
}

}  // namespace proofcard::wrap
