// Small ONNX models made in code, and what the tests do with them.
#pragma once

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/graph/onnx/import.hpp"
#include "host/graph/quantize/quantize.hpp"

namespace proofcard::graph {

class ModelBuilder {
 public:
  // Random weights come from the seed.
  explicit ModelBuilder(int opset = 13, unsigned seed = 1) : random_(seed) {
    model_.set_ir_version(8);
    model_.add_opset_import()->set_version(opset);
    model_.mutable_graph()->set_name("test");
  }

  ModelBuilder& input(const std::string& name, const Dims& shape) {
    add_value(model_.mutable_graph()->add_input(), name, shape);
    return *this;
  }
  ModelBuilder& output(const std::string& name) {
    model_.mutable_graph()->add_output()->set_name(name);
    return *this;
  }
  ModelBuilder& constant(const std::string& name, const Dims& shape, const std::vector<float>& values) {
    onnx::TensorProto* t = model_.mutable_graph()->add_initializer();
    t->set_name(name);
    t->set_data_type(onnx::TensorProto::FLOAT);
    for (std::int64_t d : shape) t->add_dims(d);
    t->set_raw_data(values.data(), values.size() * sizeof(float));
    return *this;
  }
  ModelBuilder& integers(const std::string& name, const std::vector<std::int64_t>& values, bool is_scalar = false) {
    onnx::TensorProto* t = model_.mutable_graph()->add_initializer();
    t->set_name(name);
    t->set_data_type(onnx::TensorProto::INT64);
    if (!is_scalar) t->add_dims(static_cast<std::int64_t>(values.size()));
    for (std::int64_t v : values) t->add_int64_data(v);
    return *this;
  }
  // Uniform in [-size, size], from the builder's own seed.
  ModelBuilder& random(const std::string& name, const Dims& shape, float size) {
    std::vector<float> values(static_cast<std::size_t>(count(shape)));
    for (float& v : values) v = std::uniform_real_distribution<float>(-size, size)(random_);
    return constant(name, shape, values);
  }

  class NodeBuilder {
   public:
    explicit NodeBuilder(onnx::NodeProto* node) : node_(node) {}
    NodeBuilder& ints(const std::string& name, const Dims& values) {
      onnx::AttributeProto* a = add(name, onnx::AttributeProto::INTS);
      for (std::int64_t v : values) a->add_ints(v);
      return *this;
    }
    NodeBuilder& integer(const std::string& name, std::int64_t v) {
      add(name, onnx::AttributeProto::INT)->set_i(v);
      return *this;
    }
    NodeBuilder& real(const std::string& name, float v) {
      add(name, onnx::AttributeProto::FLOAT)->set_f(v);
      return *this;
    }
    NodeBuilder& text(const std::string& name, const std::string& v) {
      add(name, onnx::AttributeProto::STRING)->set_s(v);
      return *this;
    }
    NodeBuilder& reals(const std::string& name, const std::vector<float>& values) {
      onnx::AttributeProto* a = add(name, onnx::AttributeProto::FLOATS);
      for (float v : values) a->add_floats(v);
      return *this;
    }
    NodeBuilder& texts(const std::string& name, const std::vector<std::string>& values) {
      onnx::AttributeProto* a = add(name, onnx::AttributeProto::STRINGS);
      for (const std::string& v : values) a->add_strings(v);
      return *this;
    }
    onnx::NodeProto* proto() { return node_; }

   private:
    onnx::AttributeProto* add(const std::string& name, onnx::AttributeProto::AttributeType type) {
      onnx::AttributeProto* a = node_->add_attribute();
      a->set_name(name);
      a->set_type(type);
      return a;
    }
    onnx::NodeProto* node_;
  };

  NodeBuilder node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::vector<std::string>& outputs) {
    onnx::NodeProto* n = model_.mutable_graph()->add_node();
    n->set_op_type(op);
    n->set_name(outputs[0] + "_node");
    for (const std::string& in : inputs) n->add_input(in);
    for (const std::string& out : outputs) n->add_output(out);
    return NodeBuilder(n);
  }

  onnx::ModelProto& model() { return model_; }
  Bytes bytes() const {
    const std::string s = model_.SerializeAsString();
    return Bytes(s.begin(), s.end());
  }

 private:
  static void add_value(onnx::ValueInfoProto* v, const std::string& name, const Dims& shape) {
    v->set_name(name);
    auto* type = v->mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    for (std::int64_t d : shape) {
      auto* dim = type->mutable_shape()->add_dim();
      if (d > 0) {
        dim->set_dim_value(d);
      } else {
        dim->set_dim_param("dynamic");
      }
    }
  }

  onnx::ModelProto model_;
  std::mt19937 random_;
};

inline FloatGraph imported(const ModelBuilder& m) {
  auto graph = import_onnx(m.bytes(), "model.onnx");
  EXPECT_TRUE(graph.ok()) << graph.error().message();
  return std::move(graph).value();
}

inline std::vector<Sample> random_samples(const FloatGraph& graph, std::size_t n, float low = -1.0F,
                                          float high = 1.0F) {
  std::mt19937 random(2);
  std::vector<Sample> samples(n);
  for (Sample& s : samples) {
    for (std::uint32_t in : graph.inputs) {
      std::vector<float> values(static_cast<std::size_t>(count(graph.values[in].shape)));
      for (float& v : values) v = std::uniform_real_distribution<float>(low, high)(random);
      s.push_back(std::move(values));
    }
  }
  return samples;
}

}  // namespace proofcard::graph
