#include <array>

#include "host/field/fr.hpp"
#include "host/field/fr_vector_kernels.hpp"

namespace proofcard::detail {
namespace {

using Word = std::uint64_t;

const Fr* elements(const Word* words) { return reinterpret_cast<const Fr*>(words); }
Fr* elements(Word* words) { return reinterpret_cast<Fr*>(words); }

// The sum of products of Montgomery forms, as an integer of nine words.
class WideAccumulator {
 public:
  void add_product(const Fr& x, const Fr& y) {
    const U256& a = x.montgomery();
    const U256& b = y.montgomery();
    std::array<Word, 8> product{};
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) {
      Word carry = 0;
#pragma GCC unroll 4
      for (std::size_t j = 0; j < 4; ++j) {
        const U128 t = static_cast<U128>(a[j]) * b[i] + product[i + j] + carry;
        product[i + j] = static_cast<Word>(t);
        carry = static_cast<Word>(t >> 64);
      }
      product[i + 4] = carry;
    }
    U128 sum = 0;
#pragma GCC unroll 8
    for (std::size_t i = 0; i < 8; ++i) {
      sum += static_cast<U128>(words_[i]) + product[i];
      words_[i] = static_cast<Word>(sum);
      sum >>= 64;
    }
    words_[8] += static_cast<Word>(sum);
  }
  void store(WideSum& out) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      out.words[i] = words_[i];
    }
  }

 private:
  std::array<Word, 9> words_{};
};

void mul(Word* out, const Word* a, const Word* b, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    elements(out)[i] = elements(a)[i] * elements(b)[i];
  }
}

void axpy(Word* acc, const Word* k, const Word* a, std::size_t count) {
  const Fr factor = *elements(k);
  for (std::size_t i = 0; i < count; ++i) {
    elements(acc)[i] += factor * elements(a)[i];
  }
}

void dot(WideSum* out, const Word* a, const Word* b, std::size_t count) {
  WideAccumulator sum;
  for (std::size_t i = 0; i < count; ++i) {
    sum.add_product(elements(a)[i], elements(b)[i]);
  }
  sum.store(*out);
}

void bind_low(Word* out, const Word* t, const Word* r, std::size_t count) {
  const Fr point = *elements(r);
  for (std::size_t i = 0; i < count; ++i) {
    const Fr low = elements(t)[2 * i];
    elements(out)[i] = low + point * (elements(t)[2 * i + 1] - low);
  }
}

void eq_step(Word* lo, Word* hi, const Word* r, std::size_t count) {
  const Fr point = *elements(r);
  for (std::size_t i = 0; i < count; ++i) {
    const Fr high = elements(lo)[i] * point;
    elements(hi)[i] = high;
    elements(lo)[i] -= high;
  }
}

void round_product2(WideSum out[2], const Word* a, const Word* b, std::size_t count) {
  WideAccumulator at_zero, at_infinity;
  for (std::size_t i = 0; i < count; ++i) {
    const Fr a0 = elements(a)[2 * i], b0 = elements(b)[2 * i];
    at_zero.add_product(a0, b0);
    at_infinity.add_product(elements(a)[2 * i + 1] - a0, elements(b)[2 * i + 1] - b0);
  }
  at_zero.store(out[0]);
  at_infinity.store(out[1]);
}

void round_product3(WideSum out[3], const Word* e, const Word* a, const Word* b, std::size_t count) {
  WideAccumulator at_zero, at_minus_one, at_infinity;
  for (std::size_t i = 0; i < count; ++i) {
    const Fr e0 = elements(e)[2 * i], a0 = elements(a)[2 * i], b0 = elements(b)[2 * i];
    const Fr de = elements(e)[2 * i + 1] - e0, da = elements(a)[2 * i + 1] - a0, db = elements(b)[2 * i + 1] - b0;
    at_zero.add_product(e0 * a0, b0);
    at_minus_one.add_product((e0 - de) * (a0 - da), b0 - db);
    at_infinity.add_product(de * da, db);
  }
  at_zero.store(out[0]);
  at_minus_one.store(out[1]);
  at_infinity.store(out[2]);
}

void round_weighted(WideSum out[2], const Word* a, const Word* b, const Word* w, std::size_t count) {
  WideAccumulator at_zero, at_infinity;
  for (std::size_t i = 0; i < count; ++i) {
    const Fr a0 = elements(a)[2 * i], b0 = elements(b)[2 * i], weight = elements(w)[i];
    at_zero.add_product(a0 * b0, weight);
    at_infinity.add_product((elements(a)[2 * i + 1] - a0) * (elements(b)[2 * i + 1] - b0), weight);
  }
  at_zero.store(out[0]);
  at_infinity.store(out[1]);
}

void fraction_layer(Word* p_out, Word* q_out, const Word* p0, const Word* p1, const Word* q0, const Word* q1,
                    std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Fr left = elements(q0)[i], right = elements(q1)[i];
    elements(p_out)[i] = elements(p0)[i] * right + elements(p1)[i] * left;
    elements(q_out)[i] = left * right;
  }
}

// p0 q1 + p1 q0 + lambda q0 q1, with one product less.
Fr fraction_sum(const Fr& p0, const Fr& p1, const Fr& q0, const Fr& q1, const Fr& lambda) {
  return p0 * q1 + q0 * (p1 + lambda * q1);
}

void round_fraction(WideSum out[2], const Word* p0, const Word* p1, const Word* q0, const Word* q1, const Word* lambda,
                    const Word* w, std::size_t count) {
  const Fr factor = *elements(lambda);
  WideAccumulator at_zero, at_infinity;
  for (std::size_t i = 0; i < count; ++i) {
    const auto low = [i](const Word* t) { return elements(t)[2 * i]; };
    const auto slope = [i](const Word* t) { return elements(t)[2 * i + 1] - elements(t)[2 * i]; };
    at_zero.add_product(fraction_sum(low(p0), low(p1), low(q0), low(q1), factor), elements(w)[i]);
    at_infinity.add_product(fraction_sum(slope(p0), slope(p1), slope(q0), slope(q1), factor), elements(w)[i]);
  }
  at_zero.store(out[0]);
  at_infinity.store(out[1]);
}

}  // namespace

const FrVectorKernels& fr_vector_portable() {
  static constexpr FrVectorKernels kKernels{
      .compiled_for = Isa::kPortable,
      .mul = mul,
      .axpy = axpy,
      .dot = dot,
      .bind_low = bind_low,
      .eq_step = eq_step,
      .round_product2 = round_product2,
      .round_product3 = round_product3,
      .round_weighted = round_weighted,
      .fraction_layer = fraction_layer,
      .round_fraction = round_fraction,
  };
  return kKernels;
}

}  // namespace proofcard::detail
