#include "host/graph/quantize/forms/linear_form.hpp"

namespace proofcard::graph {

std::vector<AxisMap> out_maps(const Dims& shape) {
  std::vector<AxisMap> maps(shape.size());
  for (std::size_t a = 0; a < shape.size(); ++a) {
    if (shape[a] != 1) {
      maps[a].labels.push_back({static_cast<std::uint32_t>(out_label(shape, a)), 1});
    }
  }
  return maps;
}

tensor::Operand broadcast_operand(const View& view, const Dims& out) {
  const std::vector<AxisMap> all = out_maps(out);
  std::vector<AxisMap> maps(view.shape.size());
  for (std::size_t a = 0; a < maps.size(); ++a) {
    if (view.shape[a] != 1) {
      maps[a] = all[out.size() - view.shape.size() + a];
    }
  }
  return read_view(view, maps);
}

Error too_many_steps(const std::string& where) {
  return make_error(ErrorKind::kUnsupported, where,
                    "expected an argument of fewer than 2^32 steps, found more: bring the model's inputs to one size "
                    "(normalise each), or use --bits 8");
}

void negate(LinearForm& form) {
  for (FormTerm& t : form.terms) {
    t.factor = -t.factor;
  }
  for (FormWeight& c : form.constants) {
    for (float& v : c.values.data) {
      v = -v;
    }
  }
}

void add_form(LinearForm& a, const LinearForm& b) {
  a.disjoint = false;
  const auto shift = static_cast<std::uint32_t>(a.sum_dims.size());
  const auto moved = [&](std::uint32_t label) { return label >= kFirstSumLabel ? label + shift : label; };
  a.sum_dims.insert(a.sum_dims.end(), b.sum_dims.begin(), b.sum_dims.end());
  for (FormTerm t : b.terms) {
    for (tensor::Operand& o : t.operands) {
      for (tensor::Group& g : o.groups) {
        for (tensor::LabelStride& l : g.labels) {
          l.label = moved(l.label);
        }
      }
    }
    for (tensor::LabelWeights& w : t.label_weights) {
      w.label = moved(w.label);
    }
    if (t.weight) {
      for (int& l : t.weight->axis_labels) {
        l = l == kNoLabel ? l : static_cast<int>(moved(static_cast<std::uint32_t>(l)));
      }
    }
    a.terms.push_back(std::move(t));
  }
  a.constants.insert(a.constants.end(), b.constants.begin(), b.constants.end());
}

int out_label(const Dims& shape, std::size_t axis) {
  std::size_t skip = 0;
  while (skip < shape.size() && shape[skip] == 1) {
    ++skip;
  }
  return axis < skip ? kNoLabel : static_cast<int>(axis - skip);
}

}  // namespace proofcard::graph
