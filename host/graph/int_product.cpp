#include "host/graph/int_product_kernel.hpp"

namespace proofcard::graph {

const IntProductKernels kIntProductPortable = kernels_compiled_for(Isa::kPortable);

const IntProductKernels& int_product_kernels() {
#if defined(__x86_64__)
  switch (active_isa()) {
    case Isa::kAvx512:
      return kIntProductAvx512;
    case Isa::kAvx2:
      return kIntProductAvx2;
    case Isa::kPortable:
      break;
  }
#endif
  return kIntProductPortable;
}

}  // namespace proofcard::graph
