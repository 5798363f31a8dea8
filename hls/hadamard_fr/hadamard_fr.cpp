// The kernel hadamard_fr: a b / 2^260 - c of every element, two elements a word.
//
// Method:  a, b and c of a block of words are read one after the other, as bursts of the same two ports, and kept on
//          chip; then the block's words go through the arithmetic.
#include "hls/common/abi_hadamard_fr.hpp"
#include "hls/common/fr_ntt.hpp"

namespace proofcard::hls {
namespace {

constexpr unsigned kBlockWords = 64;
constexpr unsigned kSides = 3;  // a, b, c

using word_beat_t = ap_uint<512>;

struct Word {
  NttFr element[abi::hadamard_fr::kWordElements];
};

struct Counters {
  std::uint64_t cycles;  // iterations: what a schedule with II = 1 would take, without memory
  std::uint64_t products;
  std::uint64_t loaded_words;
  std::uint64_t stored_words;
};

NttFr unpack(const ap_uint<256>& beat) {
#pragma HLS inline
  NttFr r;
  for (int k = 0; k < 4; ++k) {
#pragma HLS unroll
    r.v.w[k] = beat.range(64 * k + 63, 64 * k);
  }
  return r;
}

abi::hadamard_fr::KernelError check(unsigned num_elements, unsigned flags) {
#pragma HLS inline
  using abi::hadamard_fr::KernelError;
  if (num_elements > 1U << abi::hadamard_fr::kMaxLogElements) {
    return KernelError::kBadSize;
  }
  return flags != 0U ? KernelError::kReservedArgument : KernelError::kNone;
}

void load_block(const ap_uint<256>* in_0, const ap_uint<256>* in_1, Word (&side)[kBlockWords], std::uint64_t first,
                unsigned count, Counters& counters) {
#pragma HLS inline off
  for (unsigned i = 0; i < count; ++i) {
#pragma HLS pipeline II = 1
    side[i].element[0] = unpack(in_0[first + i]);
    side[i].element[1] = unpack(in_1[first + i]);
  }
  counters.cycles += count;
  counters.loaded_words += count;
}

void compute_block(const Word (&sides)[kSides][kBlockWords], word_beat_t* out, unsigned count, unsigned num_elements,
                   Counters& counters) {
#pragma HLS inline off
  for (unsigned i = 0; i < count; ++i) {
#pragma HLS pipeline II = 1
    word_beat_t beat = 0U;
    for (unsigned e = 0; e < abi::hadamard_fr::kWordElements; ++e) {
#pragma HLS unroll
      const NttFr value = sub(mul(sides[0][i].element[e], sides[1][i].element[e]), sides[2][i].element[e]);
      if (i * abi::hadamard_fr::kWordElements + e < num_elements) {
        for (unsigned k = 0; k < 4; ++k) {
#pragma HLS unroll
          const int low = static_cast<int>(256 * e + 64 * k);
          beat.range(low + 63, low) = value.v.w[k];
        }
      }
    }
    out[i] = beat;
  }
  counters.cycles += count;
  counters.products += num_elements;
  counters.stored_words += count;
}

void write_record(word_beat_t* status, unsigned job_id, abi::hadamard_fr::KernelError error, const Counters& counters) {
#pragma HLS inline off
  word_beat_t record = 0U;
  record.range(63, 0) = ap_uint<64>(abi::hadamard_fr::kAbiHash);
  record.range(95, 64) = ap_uint<32>(job_id);
  record.range(127, 96) = ap_uint<32>(static_cast<std::uint32_t>(error));
  record.range(191, 128) = ap_uint<64>(counters.cycles);
  record.range(255, 192) = ap_uint<64>(counters.products);
  record.range(319, 256) = ap_uint<64>(counters.loaded_words);
  record.range(383, 320) = ap_uint<64>(counters.stored_words);
  record.range(479, 448) = ap_uint<32>(abi::hadamard_fr::kLogWordElements | abi::hadamard_fr::kMaxLogElements << 8);
  record.range(511, 480) = ap_uint<32>(std::uint32_t{abi::hadamard_fr::kImplementationHls});
  status[0] = record;
}

}  // namespace
}  // namespace proofcard::hls

void hadamard_fr(const ap_uint<256>* in_0, const ap_uint<256>* in_1, ap_uint<512>* out, ap_uint<512>* status,
                 unsigned num_elements, unsigned first_word, unsigned stride_words, unsigned flags, unsigned job_id) {
// clang-format off
#pragma HLS interface m_axi port = in_0 bundle = gmem_in_0 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_1 bundle = gmem_in_1 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = out bundle = gmem_out offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = status bundle = gmem_out offset = slave
#pragma HLS interface s_axilite port = num_elements
#pragma HLS interface s_axilite port = first_word
#pragma HLS interface s_axilite port = stride_words
#pragma HLS interface s_axilite port = flags
#pragma HLS interface s_axilite port = job_id
#pragma HLS interface ap_ctrl_chain port = return
  // clang-format on
  using namespace proofcard::hls;  // NOLINT(google-build-using-namespace): the kernel's own
  static Word sides[kSides][kBlockWords];
#pragma HLS array_partition variable = sides dim = 1 complete
  Counters counters = {0, 0, 0, 0};
  const abi::hadamard_fr::KernelError error = check(num_elements, flags);
  const unsigned left_at_first = error == abi::hadamard_fr::KernelError::kNone ? num_elements : 0U;
  constexpr unsigned kBlockElements = kBlockWords * abi::hadamard_fr::kWordElements;
  for (unsigned done = 0; done < left_at_first; done += kBlockElements) {
    const unsigned elements = left_at_first - done < kBlockElements ? left_at_first - done : kBlockElements;
    const unsigned words = (elements + abi::hadamard_fr::kWordElements - 1U) >> abi::hadamard_fr::kLogWordElements;
    const unsigned word = done >> abi::hadamard_fr::kLogWordElements;
    for (unsigned side = 0; side < kSides; ++side) {
      const std::uint64_t first =
          static_cast<std::uint64_t>(first_word) + word + static_cast<std::uint64_t>(side) * stride_words;
      load_block(in_0, in_1, sides[side], first, words, counters);
    }
    compute_block(sides, out + word, words, elements, counters);
  }
  write_record(status, job_id, error, counters);
}
