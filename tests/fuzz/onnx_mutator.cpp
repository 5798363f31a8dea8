// Mutations of ONNX files that keep them ONNX files: of operators, attributes, constants, shapes and the edges between
// nodes. One in four is libFuzzer's own, of bytes. Linked into the targets that read such files.
#include <onnx/onnx_pb.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "host/graph/onnx/importer.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace proofcard::graph {
namespace {

const std::vector<std::string>& operators() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const auto* table : translation_tables()) {
      for (const auto& [name, translation] : *table) {
        out.push_back(name);
      }
    }
    for (const auto* table : {&elementwise_foldings(), &shape_foldings()}) {
      for (const auto& [name, folding] : *table) {
        out.push_back(name);
      }
    }
    return out;
  }();
  return names;
}

class Mutation {
 public:
  Mutation(onnx::ModelProto& model, unsigned seed) : model_(model), graph_(*model.mutable_graph()), random_(seed) {}

  void apply() {
    for (std::size_t n = below(3) + 1; n > 0; --n) {
      switch (below(12)) {
        case 0:
          change_operator();
          break;
        case 1:
        case 2:
        case 3:
          change_attribute();
          break;
        case 4:
        case 5:
          change_constant();
          break;
        case 6:
        case 7:
          change_edge();
          break;
        case 8:
          change_input();
          break;
        case 9:
          copy_node();
          break;
        case 10:
          remove_node();
          break;
        default:
          change_version();
      }
    }
  }

 private:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  int index(int size) { return static_cast<int>(below(static_cast<std::size_t>(size))); }
  template <typename T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }

  std::int64_t integer(std::int64_t old) {
    switch (below(4)) {
      case 0:
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(old) +
                                         one_of<std::uint64_t>({1, ~std::uint64_t{0}}));
      case 1:
        return static_cast<std::int64_t>(below(6));
      case 2:
        return -static_cast<std::int64_t>(below(6));
      default:
        return one_of<std::int64_t>(
            {7, 16, 64, 100, 255, 1000, 65536, 1 << 24, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN});
    }
  }
  float real() {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    return one_of({0.0F, -0.0F, 1.0F, -1.0F, 0.5F, 2.5F, 1e-10F, 1e10F, 3.4e38F, 1e-45F, kInfinity, -kInfinity,
                   std::numeric_limits<float>::quiet_NaN()});
  }

  onnx::NodeProto* node() { return graph_.node_size() == 0 ? nullptr : graph_.mutable_node(index(graph_.node_size())); }

  void change_operator() {
    if (onnx::NodeProto* n = node()) {
      n->set_op_type(operators()[below(operators().size())]);
    }
  }

  void change_attribute() {
    onnx::NodeProto* n = node();
    if (n == nullptr || n->attribute_size() == 0) {
      return;
    }
    const int i = index(n->attribute_size());
    if (below(8) == 0) {
      n->mutable_attribute()->DeleteSubrange(i, 1);
      return;
    }
    onnx::AttributeProto* a = n->mutable_attribute(i);
    if (a->has_t()) {
      change_tensor(*a->mutable_t());
    } else if (a->strings_size() > 0) {
      std::swap(*a->mutable_strings(index(a->strings_size())), *a->mutable_strings(index(a->strings_size())));
    } else if (a->ints_size() > 0) {
      change_list(*a->mutable_ints(), [&](std::int64_t old) { return integer(old); });
    } else if (a->floats_size() > 0) {
      change_list(*a->mutable_floats(), [&](float) { return real(); });
    } else if (a->has_f()) {
      a->set_f(real());
    } else if (a->has_s()) {
      a->set_s(one_of<std::string>({"",        "constant",      "edge",       "reflect",       "wrap",
                                    "nearest", "linear",        "cubic",      "VALID",         "SAME_UPPER",
                                    "reverse", "bidirectional", "half_pixel", "align_corners", "add",
                                    "mul",     "max",           "min",        "none",          "tanh",
                                    "SOFTMAX", "LOGISTIC",      "AVERAGE",    "DCR",           "CRD"}));
    } else {
      a->set_i(integer(a->i()));
    }
  }

  template <typename List, typename Value>
  void change_list(List& list, Value&& value) {
    const int i = index(list.size());
    switch (below(6)) {
      case 0:
        list.Add(list.Get(i));
        break;
      case 1:
        list.RemoveLast();
        break;
      case 2:
        list.SwapElements(i, index(list.size()));
        break;
      default:
        list.Set(i, value(list.Get(i)));
    }
  }

  void change_constant() {
    if (graph_.initializer_size() > 0) {
      change_tensor(*graph_.mutable_initializer(index(graph_.initializer_size())));
    }
  }

  void change_tensor(onnx::TensorProto& t) {
    if (t.dims_size() > 0 && below(5) == 0) {
      change_list(*t.mutable_dims(), [&](std::int64_t old) { return integer(old); });
    } else if (below(10) == 0) {
      t.set_data_type(static_cast<int>(below(17)));
    } else if (t.int64_data_size() > 0) {
      change_list(*t.mutable_int64_data(), [&](std::int64_t old) { return integer(old); });
    } else if (t.float_data_size() > 0) {
      change_list(*t.mutable_float_data(), [&](float) { return real(); });
    } else if (t.int32_data_size() > 0) {
      change_list(*t.mutable_int32_data(), [&](std::int32_t old) { return static_cast<std::int32_t>(integer(old)); });
    } else if (t.has_raw_data()) {
      change_raw(t);
    }
  }

  void change_raw(onnx::TensorProto& t) {
    std::string& bytes = *t.mutable_raw_data();
    const bool is_long = t.data_type() == onnx::TensorProto::INT64;
    const std::size_t width = is_long ? 8 : 4;
    if (bytes.size() < width) {
      return;
    }
    char* at = bytes.data() + below(bytes.size() / width) * width;
    if (is_long) {
      std::int64_t value = 0;
      std::memcpy(&value, at, sizeof(value));
      value = integer(value);
      std::memcpy(at, &value, sizeof(value));
    } else {
      const float value = real();
      std::memcpy(at, &value, sizeof(value));
    }
  }

  // A name that something in the file has.
  std::string value_name() {
    if (const onnx::NodeProto* n = node(); n != nullptr && below(2) == 0 && n->output_size() > 0) {
      return n->output(index(n->output_size()));
    }
    if (graph_.initializer_size() > 0 && below(2) == 0) {
      return graph_.initializer(index(graph_.initializer_size())).name();
    }
    return graph_.input_size() > 0 ? graph_.input(index(graph_.input_size())).name() : "";
  }

  void change_edge() {
    onnx::NodeProto* n = node();
    if (n == nullptr) {
      return;
    }
    if (n->input_size() == 0 || below(8) == 0) {
      n->add_input(value_name());
    } else if (below(8) == 0) {
      n->mutable_input()->RemoveLast();
    } else if (below(4) == 0 && graph_.output_size() > 0 && n->output_size() > 0) {
      graph_.mutable_output(index(graph_.output_size()))->set_name(n->output(index(n->output_size())));
    } else {
      n->set_input(index(n->input_size()), below(6) == 0 ? "" : value_name());
    }
  }

  void change_input() {
    if (graph_.input_size() == 0) {
      return;
    }
    auto* type = graph_.mutable_input(index(graph_.input_size()))->mutable_type()->mutable_tensor_type();
    auto* shape = type->mutable_shape();
    if (below(5) == 0) {
      type->set_elem_type(static_cast<int>(below(17)));
    } else if (shape->dim_size() == 0 || below(6) == 0) {
      shape->add_dim()->set_dim_value(static_cast<std::int64_t>(below(4)) + 1);
    } else if (below(6) == 0) {
      shape->mutable_dim()->RemoveLast();
    } else {
      auto* dim = shape->mutable_dim(index(shape->dim_size()));
      dim->set_dim_value(integer(dim->dim_value()));
    }
  }

  // Behind the node that it is a copy of, and reading it.
  void copy_node() {
    const onnx::NodeProto* from = node();
    if (from == nullptr || from->output_size() == 0 || graph_.node_size() > 40) {
      return;
    }
    onnx::NodeProto copy = *from;
    const std::string read = from->output(0);
    for (std::string& output : *copy.mutable_output()) {
      output += "+";
    }
    if (copy.input_size() > 0) {
      copy.set_input(0, read);
    }
    if (below(2) == 0) {
      copy.set_op_type(operators()[below(operators().size())]);
    }
    for (auto& output : *graph_.mutable_output()) {
      if (output.name() == read) {
        output.set_name(read + "+");
      }
    }
    *graph_.add_node() = copy;
  }

  void remove_node() {
    if (graph_.node_size() > 1) {
      graph_.mutable_node()->DeleteSubrange(index(graph_.node_size()), 1);
    }
  }

  void change_version() {
    if (model_.opset_import_size() > 0) {
      model_.mutable_opset_import(index(model_.opset_import_size()))
          ->set_version(static_cast<std::int64_t>(below(28)) + 1);
    }
  }

  onnx::ModelProto& model_;
  onnx::GraphProto& graph_;
  std::minstd_rand random_;
};

}  // namespace
}  // namespace proofcard::graph

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  onnx::ModelProto model;
  if (seed % 4 == 0 || !model.ParseFromArray(data, static_cast<int>(size))) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  proofcard::graph::Mutation(model, seed).apply();
  const std::string bytes = model.SerializeAsString();
  if (bytes.size() > max_size) {
    return size;
  }
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}
