#include "host/field/fq.hpp"
#include "host/field/fr.hpp"
#include "host/field/ifma52.hpp"
#include "tests/field/ifma52_probe.hpp"

namespace proofcard::ifma52_probe {
namespace {

using namespace ifma52;

template <class Params>
void run_in(Op op, Word* out, const Word* a, const Word* b) {
  using F = Field<Params>;
  const Limbs x = load(a), y = load(b);
  switch (op) {
    case Op::kRoundTrip:
      store(out, x);
      return;
    case Op::kMul:
      store(out, F::reduce_once(F::mul(load_x16(a), y)));
      return;
    case Op::kMulMany: {
      Limbs product[3];
      F::mul_many(product, {load_x16(b), load_x16(a), x}, {x, y, y});
      store(out, F::reduce_once(product[1]));
      return;
    }
    case Op::kSquareMany: {
      Limbs square[3];  // in 2^260 form
      F::square_many(square, {load_x16(b), load_x16(a), y});
      store(out, F::template canonical<1>(F::div16(square[1])));
      return;
    }
    case Op::kMulLargest: {
      const Limbs x_plus_p = F::template sub<1>(x, zero()), y_plus_p = F::template sub<1>(y, zero());
      store(out, F::reduce_once(F::mul(x16(x_plus_p), y_plus_p)));
      return;
    }
    case Op::kChain: {
      const Limbs u = load_x16(a), v = load_x16(b);
      const Limbs uv = F::mul(u, v);  // below 4.1 p
      store(out, F::template canonical<1>(F::div16(F::mul(uv, uv))));
      return;
    }
    case Op::kAddMod:
      store(out, F::add_mod(x, y));
      return;
    case Op::kSubMod:
      store(out, F::sub_mod(x, y));
      return;
    case Op::kLazySub:
      store(out, F::reduce_once(F::template sub<1>(x, y)));
      return;
    case Op::kCanonical:
      store(out, F::template canonical<2>(add_raw(add_raw(x, y), y)));
      return;
    case Op::kGatherScatter: {
      const Word* from[8];
      Word* to[8];
      for (int i = 0; i < 8; ++i) {
        from[i] = a + 4 * (7 - i);
        to[i] = out + 4 * (7 - i);
      }
      scatter(to, gather(from));
      return;
    }
    case Op::kGatherIndex: {
      const std::uint32_t index[8] = {5, 4, 7, 6, 1, 0, 3, 2};
      store(out, gather_index(a, index));
      return;
    }
    case Op::kSelectZero:
      store(out, select(is_zero(x), x, y));
      return;
    case Op::kSumOfProducts: {
      // Below 300 * 0.19 p + p, which takes steps of 16, 16, 16, 8, 4, 2 and 1 times p to bring down.
      Wide sum = wide_zero();
      const Limbs x_x16 = load_x16(a);
      for (int i = 0; i < 300; ++i) {
        mul_add(sum, x_x16, y);
        if (i % static_cast<int>(kProductsPerCarry) == 255) {
          carry_wide(sum);
        }
      }
      Limbs r = F::reduce(sum);
      r = F::template reduce_once<16>(F::template reduce_once<16>(F::template reduce_once<16>(r)));
      r = F::template reduce_once<1>(
          F::template reduce_once<2>(F::template reduce_once<4>(F::template reduce_once<8>(r))));
      store(out, r);
      return;
    }
  }
}

}  // namespace

void run(Modulus modulus, Op op, Word* out, const Word* a, const Word* b) {
  modulus == Modulus::kFr ? run_in<FrParams>(op, out, a, b) : run_in<FqParams>(op, out, a, b);
}

}  // namespace proofcard::ifma52_probe
