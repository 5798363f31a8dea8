#include "host/graph/int_product_kernel.hpp"

namespace proofcard::graph {

const IntProductKernels kIntProductAvx512 = kernels_compiled_for(Isa::kAvx512);

}  // namespace proofcard::graph
