#include "host/report/describe.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "host/circuit/bounds.hpp"
#include "host/formats/values.hpp"
#include "host/report/run_report.hpp"
#include "host/report/text/plan_text.hpp"
#include "host/statement/security.hpp"

namespace proofcard::tools {
namespace {

std::string label_name(std::uint32_t label) {
  const char letter = static_cast<char>('a' + label % 26);
  return label < 26 ? std::string(1, letter) : fmt::format("{}{}", letter, label / 26);
}

std::string describe_group(const tensor::Group& group) {
  std::string out;
  for (const tensor::LabelStride& ls : group.labels) {
    const char* sign = ls.stride < 0 ? (out.empty() ? "-" : " - ") : (out.empty() ? "" : " + ");
    const std::uint64_t stride =
        ls.stride < 0 ? 0 - static_cast<std::uint64_t>(ls.stride) : static_cast<std::uint64_t>(ls.stride);
    out += fmt::format("{}{}{}", sign, stride == 1 ? "" : fmt::format("{}", stride), label_name(ls.label));
  }
  if (group.offset != 0 || out.empty()) {
    out += out.empty() ? fmt::format("{}", group.offset)
                       : fmt::format(" {} {}", group.offset < 0 ? '-' : '+',
                                     group.offset < 0 ? 0 - static_cast<std::uint64_t>(group.offset)
                                                      : static_cast<std::uint64_t>(group.offset));
  }
  if (group.num_axes > 1) {
    out = fmt::format("flat{}({})", group.num_axes, out);
  }
  return group.clamp ? fmt::format("clamp({})", out) : out;
}

std::string describe_term(const tensor::Expression& e, const tensor::Term& term,
                          const std::vector<std::string>& names) {
  std::string out;
  std::string sums;
  for (std::uint32_t label = static_cast<std::uint32_t>(e.out_dims.size()); label < e.num_labels(); ++label) {
    bool used = false;
    for (const tensor::Operand& operand : term.operands) {
      for (const tensor::Group& group : operand.groups) {
        for (const tensor::LabelStride& ls : group.labels) {
          used = used || ls.label == label;
        }
      }
    }
    if (used) {
      sums += fmt::format("{}{}<{}", sums.empty() ? "" : ",", label_name(label), e.label_size(label));
    }
  }
  if (!sums.empty()) {
    out += fmt::format("sum({}) ", sums);
  }
  std::string product;
  for (const tensor::LabelWeights& w : term.weights) {
    product += fmt::format("{}w({}) ", product.empty() ? "" : "* ", label_name(w.label));
  }
  for (const tensor::Operand& operand : term.operands) {
    std::vector<std::string> groups;
    for (const tensor::Group& group : operand.groups) {
      groups.push_back(describe_group(group));
    }
    product += fmt::format("{}{}[{}] ", product.empty() ? "" : "* ", shown_name(names[operand.tensor]),
                           fmt::join(groups, ", "));
  }
  if (!product.empty()) {
    product.pop_back();
  }
  const std::uint64_t magnitude = term.coefficient < 0 ? 0 - static_cast<std::uint64_t>(term.coefficient)
                                                       : static_cast<std::uint64_t>(term.coefficient);
  if (product.empty()) {
    return out + fmt::format("{}", magnitude);
  }
  return out + (magnitude == 1 ? product : fmt::format("{} * {}", magnitude, product));
}

std::string out_labels(const tensor::Shape& dims) {
  std::vector<std::string> out;
  for (std::uint32_t i = 0; i < dims.size(); ++i) {
    out.push_back(fmt::format("{}<{}", label_name(i), dims[i]));
  }
  return out.empty() ? "" : fmt::format("for {}: ", fmt::join(out, ", "));
}

std::string owner_name(circuit::Column::Owner owner) {
  switch (owner) {
    case circuit::Column::Owner::kWeights:
      return "weights";
    case circuit::Column::Owner::kWitness:
      return "witness";
    case circuit::Column::Owner::kMultiplicities:
      return "multiplicities";
    case circuit::Column::Owner::kTensor:
      return "committed tensor";
  }
  return "?";
}

}  // namespace

std::vector<std::string> tensor_names(const circuit::Circuit& circuit) {
  std::vector<std::string> out;
  for (const circuit::Tensor& t : circuit.tensors) {
    out.push_back(t.name);
  }
  return out;
}

std::string describe_expression(const tensor::Expression& e, const std::vector<std::string>& names) {
  std::string out = out_labels(e.out_dims);
  for (std::size_t i = 0; i < e.terms.size(); ++i) {
    const bool negative = e.terms[i].coefficient < 0;
    out += i == 0 ? (negative ? "-" : "") : (negative ? " - " : " + ");
    out += describe_term(e, e.terms[i], names);
  }
  return e.terms.empty() ? out + "0" : out;
}

std::string describe_table(const circuit::Table& table, const std::vector<std::string>& names) {
  const std::string domain = fmt::format("[{}, {}]", table.lo, table.lo + static_cast<std::int64_t>(table.size) - 1);
  switch (table.kind) {
    case circuit::TableKind::kRange:
      return "range " + domain;
    case circuit::TableKind::kSign:
      return "sign of x in " + domain;
    case circuit::TableKind::kFunction:
      return fmt::format("{} of x in {}, scales {:.6g} -> {:.6g}, result in [{}, {}]",
                         tensor::function_name(table.function.function), domain, table.function.in_scale,
                         table.function.out_scale, table.function.out_lo, table.function.out_hi);
    case circuit::TableKind::kTensors: {
      std::vector<std::string> columns;
      for (const std::uint32_t id : table.tensors) {
        columns.push_back(id < names.size() ? shown_name(names[id]) : "?");
      }
      return fmt::format("indices and elements of {}, [{}]", fmt::join(columns, ", "), fmt::join(table.dims, ", "));
    }
  }
  return "?";
}

std::string describe_circuit(const circuit::Circuit& circuit, const circuit::Layout& layout,
                             const pcs::Scheme& scheme) {
  const std::vector<std::string> names = tensor_names(circuit);
  std::string out = fmt::format("model {}: input {}, output {}, weights {}\n", shown_name(circuit.model_name),
                                circuit::visibility_name(circuit.input_visibility),
                                circuit::visibility_name(circuit.output_visibility),
                                circuit::visibility_name(circuit.weight_visibility));
  if (circuit.batch != 1) {
    out += fmt::format(
        "{} inputs in one proof: the first axis of all tensors but weights, and a of every formula over them, is the "
        "input\n",
        circuit.batch);
  }
  out += fixed_inputs_text(circuit.fixed);
  const auto bounds = circuit::check_soundness(circuit);
  std::uint64_t weights = 0;
  std::uint64_t lookups = 0;
  out += fmt::format("\ntensors ({}); a value is its integer times the step, which the key's author chose\n",
                     circuit.tensors.size());
  out += fmt::format("  {:<32} {:<16} {:<7} {:<9} {:<6} {:<26} {:<12} {}\n", "name", "shape", "role", "who sees",
                     "stored", "integers", "step", "values");
  for (std::size_t id = 0; id < circuit.tensors.size(); ++id) {
    const circuit::Tensor& t = circuit.tensors[id];
    if (t.role == circuit::Role::kWeight) {
      weights += tensor::num_elements(t.shape);
    }
    // Declared, or for what is in between what lookups and relations leave open.
    const bool is_inner = t.role == circuit::Role::kWitness;
    const std::string integers = !is_inner     ? fmt::format("{} to {}", t.lo, t.hi)
                                 : bounds.ok() ? fmt::format("below 2^{} in size", bounds->bits[id])
                                               : "?";
    const std::string values =
        !t.channels.empty() ? tensor::describe_scale(t.scale, t.channels)
        : !is_inner
            ? fmt::format("{:.6g} to {:.6g}", static_cast<double>(t.lo) * t.scale, static_cast<double>(t.hi) * t.scale)
        : bounds.ok() ? fmt::format("below {:.6g} in size", std::ldexp(t.scale, static_cast<int>(bounds->bits[id])))
                      : "?";
    out += fmt::format("  {:<32} {:<16} {:<7} {:<9} {:<6} {:<26} {:<12.6g} {}\n", shown_name(t.name),
                       shape_text(t.shape), circuit::role_name(t.role),
                       circuit::visibility_name(circuit.visibility(static_cast<std::uint32_t>(id))),
                       fmt::format("int{}", 8 * int_type_bytes(t.type)), integers, t.scale, values);
  }
  out += fmt::format("\nrelations ({}), each is 0 at every index\n", circuit.relations.size());
  for (const circuit::Relation& r : circuit.relations) {
    out += fmt::format("  {}\n    {}\n", shown_name(r.name), describe_expression(r.zero, names));
  }
  out += fmt::format("\nlookups ({}), each tuple is a row of the table\n", circuit.lookups.size());
  for (const circuit::Lookup& l : circuit.lookups) {
    lookups += tensor::num_elements(l.dims);
    out += fmt::format("  {} in table {}\n", shown_name(l.name), l.table);
    for (const circuit::Expression& e : l.columns) {
      out += fmt::format("    {}\n", describe_expression(e, names));
    }
  }
  out += fmt::format("\ntables ({})\n", circuit.tables.size());
  for (std::size_t id = 0; id < circuit.tables.size(); ++id) {
    out += fmt::format("  {}: {}\n", id, describe_table(circuit.tables[id], names));
  }
  out += fmt::format("\ncolumns ({})\n", layout.columns.size());
  const bool by_hashes = scheme.kind == pcs::Kind::kHash;
  std::uint64_t committed = 0;
  std::uint64_t rows = 0;
  for (const circuit::Column& c : layout.columns) {
    const std::string rows_text =
        by_hashes ? "" : fmt::format(", {} rows of 2^{}", c.num_rows(), c.log_row_len);  // else one vector an owner
    out += fmt::format("  {:<17} int{:<3} {} values{}\n", owner_name(c.owner), 8 * int_type_bytes(c.type),
                       c.num_values(), rows_text);
    if (c.owner != circuit::Column::Owner::kWeights) {
      committed += c.num_values();
      rows += c.num_rows();
    }
  }
  out += fmt::format("\ncost\n  {} weights\n  {} values committed in each proof, as {}\n  {} lookups, 2^{} leaves\n",
                     weights, committed, by_hashes ? "one vector" : fmt::format("{} points", rows), lookups,
                     layout.log_num_leaves);
  if (bounds.ok()) {
    out += fmt::format("  values in relations stay below 2^{} (the field allows 2^250)\n", bounds->max_relation_bits);
  }
  const statement::Security security = statement::estimate_security(circuit, layout, scheme);
  out += fmt::format("\nsecurity: {:.0f} bits\n  {}, statistical {:.1f} bits\n", std::floor(security.bits()),
                     computational_text(security, scheme), security.statistical_bits);
  for (const statement::Security::Step& step : security.steps) {
    out += fmt::format("    {:<40} {:.0f} / p\n", step.name, step.error_numerator);
  }
  for (const statement::Security::HashStep& step : security.hash_steps) {
    out += fmt::format("    {:<40} 2^-{:.1f}{}  {}\n", step.name, step.bits,
                       step.grinding_bits == 0 ? "" : fmt::format(", {} of them by work", step.grinding_bits),
                       step.source);
  }
  return out;
}

std::string computational_text(const statement::Security& security, const pcs::Scheme& scheme) {
  return fmt::format("{} {:.0f} bits ({})", scheme.kind == pcs::Kind::kHash ? "hashes" : "curve",
                     security.computational_bits,
                     pcs::is_inner(scheme)             ? "collisions of Poseidon2"
                     : scheme.kind == pcs::Kind::kHash ? "collisions of SHA-256"
                                                       : "BN254, cited estimate");
}

std::string batch_text(const circuit::Circuit& circuit) {
  return circuit.batch == 1 ? "" : fmt::format(", {} inputs in one proof", circuit.batch);
}

std::string describe_float_graph(const graph::FloatGraph& graph, const std::string& name) {
  std::string out = fmt::format("ONNX model {}\n", shown_name(name));
  const auto list = [&](const char* what, const std::vector<std::uint32_t>& ids) {
    for (const std::uint32_t id : ids) {
      out += fmt::format("  {} {} [{}]\n", what, shown_name(graph.values[id].name),
                         fmt::join(graph.values[id].shape, ","));
    }
  };
  list("input ", graph.inputs);
  list("output", graph.outputs);
  std::int64_t parameters = 0;
  for (const graph::FloatValue& v : graph.values) {
    parameters += v.constant ? static_cast<std::int64_t>(v.constant->data.size()) : 0;
  }
  out += "\noperators of the file\n";
  for (const auto& [op, count] : graph.file_operators) {
    out += fmt::format("  {:<20} {}\n", shown_name(op), count);
  }
  out += fmt::format(
      "\nsteps ({}), what the file's nodes mean: constants are folded, and some operators are several steps\n",
      graph.nodes.size());
  for (const graph::FloatNode& n : graph.nodes) {
    out += fmt::format("  {:<14} of {:<20} {:<32} -> [{}]\n", graph::op_name(n.op), shown_name(n.onnx_op),
                       shown_name(n.name), fmt::join(graph.values[n.output].shape, ","));
  }
  out += fmt::format("\n{} constants (parameters)\n", parameters);
  for (const std::string& note : graph.notes) {
    out += fmt::format("note: {}\n", printable(note));
  }
  return out;
}

std::string describe_graph(const graph::Graph& graph) {
  std::string out;
  std::vector<std::string> names;
  for (const graph::Tensor& t : graph.tensors) {
    names.push_back(t.name);
  }
  out += fmt::format("tensors ({})\n", graph.tensors.size());
  for (const graph::Tensor& t : graph.tensors) {
    const char* kind = t.kind == graph::TensorKind::kInput     ? "input"
                       : t.kind == graph::TensorKind::kWeight  ? "weight"
                       : t.kind == graph::TensorKind::kFedBack ? "again"
                                                               : "value";
    out += fmt::format("  {:<32} {:<16} {:<6} in [{}, {}], {}\n", shown_name(t.name), shape_text(t.shape), kind, t.lo,
                       t.hi, tensor::describe_scale(t.scale, t.channels));
  }
  out += fmt::format("\nnodes ({})\n", graph.nodes.size());
  for (const graph::Node& n : graph.nodes) {
    out += fmt::format("  {}\n    ", shown_name(n.name));
    if (const auto* op = std::get_if<graph::Linear>(&n.op)) {
      out +=
          fmt::format("{} = ({} * ({}) ) >> {}, rounded\n", shown_name(names[op->out]),
                      op->multiplier.size() == 1 ? fmt::format("{}", op->multiplier[0]) : "multiplier of the channel",
                      describe_expression(op->acc, names), op->shift);
    } else if (const auto* lookup = std::get_if<graph::Lookup>(&n.op)) {
      out +=
          fmt::format("{} = {}({}), {} rows\n", shown_name(names[lookup->out]),
                      tensor::function_name(lookup->table.function), shown_name(names[lookup->in]), lookup->table.rows);
    } else if (const auto* max = std::get_if<graph::Max>(&n.op)) {
      out += fmt::format("{} = max({}, {})\n", shown_name(names[max->out]), shown_name(names[max->a.tensor]),
                         shown_name(names[max->b.tensor]));
    } else if (const auto* divide = std::get_if<graph::Divide>(&n.op)) {
      out += fmt::format("{} = {} * 2^{} / {}, rounded\n", shown_name(names[divide->out]),
                         shown_name(names[divide->numerator.tensor]), divide->shift,
                         shown_name(names[divide->denominator.tensor]));
    } else if (const auto* root = std::get_if<graph::SquareRoot>(&n.op)) {
      out += fmt::format("{} = floor(sqrt({}))\n", shown_name(names[root->out]), shown_name(names[root->in]));
    } else if (const auto* low = std::get_if<graph::LowBits>(&n.op)) {
      out += fmt::format("{} = {} mod 2^{}\n", shown_name(names[low->out]), shown_name(names[low->in]), low->bits);
    } else if (const auto* select = std::get_if<graph::Select>(&n.op)) {
      out += fmt::format("{} = {} at {} along axis {}\n", shown_name(names[select->out]),
                         shown_name(names[select->data]), describe_expression(select->index, names), select->axis);
    }
  }
  return out;
}

}  // namespace proofcard::tools
