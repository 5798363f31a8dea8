#include "host/session/cost.hpp"

#include <algorithm>
#include <bit>
#include <ctime>
#include <mutex>

#include "host/argument/hyrax.hpp"
#include "host/base/cancellation.hpp"
#include "host/base/parallel.hpp"
#include "host/field/fr_vector.hpp"
#include "host/lookup/tree_plan.hpp"
#include "host/zk/r1cs.hpp"

namespace proofcard::tools {
namespace {

constexpr std::size_t kPointBytes = curve::kCompressedBytes;
constexpr std::size_t kRoundMessage = 3;  // field elements of a sumcheck's round (sumcheck/verifier.hpp)
constexpr std::size_t kConstraintMessage = 4;

// A key of this circuit with weight commitments of the right number, all 0.
statement::VerifyingKey hollow_key(const circuit::Circuit& circuit) {
  const circuit::Layout layout = circuit::make_layout(circuit);
  std::vector<std::vector<curve::G1Affine>> rows(layout.columns.size());
  for (std::size_t c = 0; c < layout.columns.size(); ++c) {
    if (layout.columns[c].owner == circuit::Column::Owner::kWeights) {
      rows[c].resize(layout.columns[c].num_rows());
    }
  }
  return statement::make_verifying_key(circuit, std::move(rows));
}

statement::Header hollow_header(const statement::VerifyingKey& vk) {
  statement::Header header{{true, false}, vk.digest, statement::PublicTensors(vk.circuit.tensors.size())};
  for (std::uint32_t id = 0; id < vk.circuit.tensors.size(); ++id) {
    if (const circuit::Tensor& t = vk.circuit.tensors[id]; vk.circuit.is_public(id)) {
      header.publics[id] = IntVector(t.type, tensor::num_elements(t.shape));
    }
  }
  return header;
}

// Messages of zk::verify after "zk.products", in bytes.
std::size_t blindfold_bytes(const zk::R1cs& r1cs) {
  const std::size_t error_rows = (r1cs.rows.size() + kHiddenRowLen - 1) / kHiddenRowLen;
  const std::size_t points = r1cs.num_hidden_rows + 1 + 2 * error_rows;
  const std::size_t rounds = r1cs.log_rows + r1cs.log_half + 1;
  const std::size_t elements = 1 + 1 + kConstraintMessage + kRoundMessage * rounds  // u, sum, A B C E*, both sumchecks
                               + 2 * (kHiddenRowLen + 1) + r1cs.vector_size + 1;    // rows and vector, blinded
  return points * kPointBytes + elements * Fr::kBytes;
}

// Points that are sent as they are: rows of columns, and two for each time the opening halves its vector.
std::size_t clear_points(const circuit::Layout& layout, std::size_t vector_size) {
  std::size_t out = 2 * (layout.log_row_len - static_cast<unsigned>(std::countr_zero(vector_size)));
  for (const circuit::Column& column : layout.columns) {
    out += column.owner == circuit::Column::Owner::kWeights ? 0 : column.num_rows();
  }
  return out;
}

std::uint64_t count_proof_bytes(const statement::VerifyingKey& vk) {
  const statement::Header header = hollow_header(vk);
  ByteWriter head;
  statement::write(head, vk.circuit, header);
  Bytes infinity(kPointBytes);
  infinity.back() = 0x40;
  constexpr std::size_t kMostPoints = std::size_t{1} << 24;
  for (std::size_t num_points = std::size_t{1} << 12; num_points <= kMostPoints; num_points *= 4) {
    Bytes messages;
    messages.reserve(num_points * kPointBytes);
    for (std::size_t i = 0; i < num_points; ++i) {
      messages.insert(messages.end(), infinity.begin(), infinity.end());
    }
    VerifierChannel channel(statement::begin_transcript(vk.circuit, header), messages, true);
    const auto equation = argument::check_hyrax(channel, vk, header);
    if (!equation.ok()) {
      continue;  // more messages than these
    }
    const auto auxiliary = channel.message("zk.products", zk::num_auxiliary(channel.constraints()));
    if (!auxiliary.ok()) {
      continue;
    }
    const zk::R1cs r1cs = zk::build(channel.constraints(), *auxiliary, channel.num_rows(), equation->b.size());
    return head.bytes().size() + kPointBytes * (clear_points(vk.layout, equation->b.size()) + channel.num_rows()) +
           blindfold_bytes(r1cs);
  }
  return 0;
}

double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Processor time of one thread for a table of 2^14 products, the median of a few. One call at a time, and none that is stopped
// halfway: it changes the number of threads, and back.
double seconds_per_table() {
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  const CancellationScope unstopped(nullptr);
  constexpr std::size_t kVars = 14;
  constexpr std::size_t kRuns = 5;
  std::vector<Fr> point(kVars, Fr::from_u64(3));
  std::vector<double> seconds;
  const std::size_t threads = num_threads();
  set_num_threads(1);
  for (std::size_t i = 0; i < kRuns; ++i) {
    const double begin = thread_seconds();
    point[0] = fr_eq_table(point)[i];
    seconds.push_back(thread_seconds() - begin);
  }
  set_num_threads(threads);
  std::nth_element(seconds.begin(), seconds.begin() + kRuns / 2, seconds.end());
  return seconds[kRuns / 2];
}

struct Sizes {
  double leaves = 0;      // padded lookup leaves
  double tree_bytes = 0;  // of the prover's tree over them
  double slots = 0;       // the same before they are padded together
  double bytes = 0;       // of committed values, weights included
  double rows = 0;        // that a proof commits
};

Sizes sizes_of(const circuit::Layout& layout) {
  Sizes out;
  out.leaves = static_cast<double>(std::size_t{1} << layout.log_num_leaves);
  out.tree_bytes =
      static_cast<double>(lookup::tree_bytes(layout.log_num_leaves, lookup::plan_tree(layout.log_num_leaves)));
  out.slots = static_cast<double>(layout.leaves.total);
  for (const circuit::Column& column : layout.columns) {
    out.bytes += static_cast<double>(column.num_values() * int_type_bytes(column.type));
    out.rows += column.owner == circuit::Column::Owner::kWeights ? 0 : static_cast<double>(column.num_rows());
  }
  return out;
}

// Fitted: docs/benchmarks/README.md, "The estimate".
constexpr double kReferenceTableSeconds = 80e-6;
constexpr double kSecondsFixed = 6.5e-3;
constexpr double kSecondsPerLeaf = 70e-9;
constexpr double kSecondsPerByte = 3e-9;
constexpr double kSecondsPerRow = 40e-6;
constexpr double kSerialShare = 0.36;  // of a proof's time
constexpr double kMemoryFixed = 16.5e6;
constexpr double kMemoryPerTreeByte = 1.5;
constexpr double kMemoryPerByte = 4;

double one_thread_seconds(const Sizes& sizes, double leaves) {
  return kSecondsFixed + kSecondsPerLeaf * leaves + kSecondsPerByte * sizes.bytes + kSecondsPerRow * sizes.rows;
}

}  // namespace

graph::PlanCost plan_cost(const circuit::Circuit& circuit) {
  const Sizes sizes = sizes_of(circuit::make_layout(circuit));
  return {one_thread_seconds(sizes, sizes.leaves), one_thread_seconds(sizes, sizes.slots)};
}

double piece_seconds(const circuit::Circuit& circuit) { return plan_cost(circuit).smooth - kSecondsFixed; }

double handover_seconds(const graph::Tensor& tensor) {
  constexpr unsigned kLimbBits = 16;  // at most, of a range that lookups prove
  const circuit::Column column = circuit::make_tensor_column(0, tensor.shape, narrowest_int_type(tensor.lo, tensor.hi));
  const auto values = static_cast<double>(column.num_values());
  const auto range = static_cast<std::uint64_t>(tensor.hi - tensor.lo);
  const auto limbs = static_cast<double>((static_cast<unsigned>(std::bit_width(range)) + kLimbBits - 1) / kLimbBits);
  return 2 * kSecondsPerRow * static_cast<double>(column.num_rows()) +
         values * (2 * kSecondsPerByte * static_cast<double>(int_type_bytes(column.type)) + kSecondsPerLeaf * limbs);
}

Cost estimate_cost(const circuit::Circuit& circuit) {
  const statement::VerifyingKey vk = hollow_key(circuit);
  const Sizes sizes = sizes_of(vk.layout);
  const double one_thread = one_thread_seconds(sizes, sizes.leaves);
  const double share = kSerialShare + (1 - kSerialShare) / static_cast<double>(num_threads());
  Cost out;
  out.proof_bytes = count_proof_bytes(vk);
  out.prove_seconds = one_thread * share * seconds_per_table() / kReferenceTableSeconds;
  out.prove_memory_bytes =
      static_cast<std::uint64_t>(kMemoryFixed + kMemoryPerTreeByte * sizes.tree_bytes + kMemoryPerByte * sizes.bytes);
  return out;
}

}  // namespace proofcard::tools
