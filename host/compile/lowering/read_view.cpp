#include "host/compile/lowering/read_view.hpp"

#include <numeric>
#include <vector>

#include "host/base/parallel.hpp"
#include "host/graph/operand_reader.hpp"

namespace proofcard::compile {

void add_view(const IntSpan& data, const tensor::Shape& shape, const tensor::Operand& operand,
              const tensor::Shape& out_dims, std::int64_t coefficient, std::span<std::int64_t> out) {
  constexpr std::size_t kBlock = 4096;
  const tensor::Expression labels{out_dims, {}, {}};
  graph::Labels all(out_dims.size());
  std::iota(all.begin(), all.end(), 0U);
  const graph::OperandReader reader(data, shape, operand, labels);
  std::vector<std::int64_t> origin(reader.num_parts());
  reader.origin(origin);
  parallel_for(out.size(), kBlock, [&](std::size_t begin, std::size_t end) {
    std::vector<std::int64_t> read(std::min(kBlock, end - begin));
    for (std::size_t i = begin; i < end; i += kBlock) {
      const std::size_t count = std::min(kBlock, end - i);
      reader.read(origin, reader.table(all, labels, i, count), read.data());
      for (std::size_t j = 0; j < count; ++j) {
        out[i + j] += coefficient * read[j];
      }
    }
  });
}

}  // namespace proofcard::compile
