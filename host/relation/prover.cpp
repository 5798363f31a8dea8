#include "host/relation/prover.hpp"

#include <functional>
#include <memory>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/field/fr_vector.hpp"
#include "host/relation/contract.hpp"
#include "host/sumcheck/prover.hpp"

namespace proofcard::relation {
namespace {

// One term that needs a message, with everything its later steps use.
struct TermWork {
  const TermPlan* plan;
  LabelFactors factors;
  Fr value;
};

// One operand read through maps.
struct ViewWork {
  const TermPlan* plan;
  const LabelFactors* factors;
  std::size_t operand;
};

class ProverReducer {
 public:
  ProverReducer(ProverChannel& channel, const ProverInput& input, const Plan& plan, std::span<const Fr> point)
      : channel_(channel), input_(input), plan_(plan), point_(point) {}

  std::vector<TensorClaim<Fr>> run() {
    collect_terms();
    send_terms();
    reduce_products();
    reduce_views();
    return std::move(claims_);
  }

 private:
  const tensor::Shape& shape(const tensor::Operand& operand) const {
    return input_.circuit.tensors[operand.tensor].shape;
  }
  IntSpan values(const tensor::Operand& operand) const {
    return input_.assignment.tensor(input_.circuit, input_.layout, operand.tensor);
  }

  void collect_terms() {
    for (const ExpressionPlan* expression : plan_.in_order()) {
      for (const TermPlan& term : expression->terms) {
        if (term.kind != TermKind::kConstant) {
          const std::size_t vars = circuit::log_padded(term.expression->out_dims);
          works_.push_back(std::make_unique<TermWork>(TermWork{&term, LabelFactors(term, point_.first(vars)), {}}));
        }
      }
    }
  }

  void send_terms() {
    // What is sent is decided first, in order; then all values are computed side by side.
    std::vector<TermWork*> sent;
    for (const auto& work : works_) {
      if (work->plan->kind == TermKind::kDirect) {
        if (!work->plan->opens_claim) {
          continue;
        }
        const tensor::Operand& operand = work->plan->term->operands[0];
        claims_.push_back(
            {operand.tensor,
             operand_point<Fr>(operand, work->plan->access.operands[0], shape(operand), work->factors, {}), Fr()});
      } else if (work->plan->kind == TermKind::kProduct) {
        products_.push_back({work.get(), {}});
      } else {
        views_.push_back({work->plan, &work->factors, 0});
        view_instances_.emplace_back();
      }
      sent.push_back(work.get());
    }
    std::size_t next_product = 0;
    std::size_t next_view = 0;
    std::vector<std::function<void()>> jobs;
    for (TermWork* work : sent) {
      switch (work->plan->kind) {
        case TermKind::kDirect:
          jobs.emplace_back([this, work, claim = &claims_[work->plan->claim]] {
            work->value = evaluate_at(input_.gemm, values(work->plan->term->operands[0]), claim->point);
            claim->value = work->value;
          });
          break;
        case TermKind::kProduct:
          jobs.emplace_back([this, work, product = &products_[next_product++]] {
            product->instance = product_instance(*work);
            work->value = sum_of_products(product->instance);
          });
          break;
        case TermKind::kMapped:
          jobs.emplace_back([this, work, i = next_view++] {
            view_instances_[i] = view_instance(views_[i]);
            work->value = fr_dot(view_instances_[i].a, view_instances_[i].b);
          });
          break;
        case TermKind::kConstant:
          PROOFCARD_CHECK(false);  // has no operand, so no value to send
      }
    }
    run_all(jobs);
    std::vector<Fr> message;
    for (const TermWork* work : sent) {
      message.push_back(work->value);
    }
    channel_.message("relation.terms", message);
  }

  void reduce_products() {
    std::vector<sumcheck::Instance> instances;
    for (ProductWork& product : products_) {
      instances.push_back(std::move(product.instance));
    }
    const std::vector<Fr> challenges = sumcheck::prove_batched(channel_, instances);
    std::vector<Fr> message;
    for (std::size_t i = 0; i < products_.size(); ++i) {
      TermWork& work = *products_[i].work;
      work.factors.set_sum_point(sumcheck::instance_point(challenges, work.factors.sum_segments().num_vars()));
      const Fr finals[] = {instances[i].a[0], instances[i].b[0]};
      for (std::size_t k = 0; k < 2; ++k) {
        message.push_back(finals[k]);
        const tensor::Operand& operand = work.plan->term->operands[k];
        const circuit::OperandAccess& access = work.plan->access.operands[k];
        if (access.all_direct()) {
          claims_.push_back(
              {operand.tensor, operand_point(operand, access, shape(operand), work.factors, {}), finals[k]});
        } else {
          views_.push_back({work.plan, &work.factors, k});
        }
      }
    }
    channel_.message("relation.products", message);
  }

  void reduce_views() {
    const std::size_t done = view_instances_.size();
    view_instances_.resize(views_.size());
    std::vector<std::function<void()>> jobs;
    for (std::size_t i = done; i < views_.size(); ++i) {
      jobs.emplace_back([this, i] { view_instances_[i] = view_instance(views_[i]); });
    }
    run_all(jobs);
    const std::vector<Fr> challenges = sumcheck::prove_batched(channel_, view_instances_);
    std::vector<Fr> message;
    for (std::size_t i = 0; i < views_.size(); ++i) {
      const tensor::Operand& operand = views_[i].plan->term->operands[views_[i].operand];
      const circuit::OperandAccess& access = views_[i].plan->access.operands[views_[i].operand];
      const auto mapped = sumcheck::instance_point(challenges, mapped_vars(operand, access, shape(operand)));
      message.push_back(view_instances_[i].b[0]);
      claims_.push_back(
          {operand.tensor, operand_point(operand, access, shape(operand), *views_[i].factors, mapped), message.back()});
    }
    channel_.message("relation.views", message);
  }

  // e, U, V over the shared labels of a product term.
  sumcheck::Instance product_instance(const TermWork& work) const {
    const TermPlan& plan = *work.plan;
    sumcheck::Instance out;
    out.a = shared_table(work, 0);
    out.b = shared_table(work, 1);
    bool trivial = true;
    for (const std::uint32_t label : plan.access.shared_labels) {
      const std::uint32_t n = plan.expression->label_size(label);
      trivial =
          trivial && !plan.expression->is_out(label) && !circuit::has_weights(*plan.term, label) && (n & (n - 1)) == 0;
    }
    if (!trivial) {
      out.e = {Fr::one()};
      for (const std::uint32_t label : plan.access.shared_labels) {
        out.e = outer(out.e, padded(work.factors.weights(label)));
      }
    }
    return out;
  }

  // The operand summed over the labels that it alone has; indexed by the shared labels, padded, in their order.
  std::vector<Fr> shared_table(const TermWork& work, std::size_t k) const {
    const TermPlan& plan = *work.plan;
    const tensor::Operand& operand = plan.term->operands[k];
    const tensor::Shape& dims = shape(operand);
    std::vector<Block> blocks;
    std::vector<std::uint32_t> order;  // shared labels as the blocks list them
    for (std::size_t g = 0; g < operand.groups.size(); ++g) {
      const tensor::Group& group = operand.groups[g];
      Block block{std::size_t{1} << group_vars(group, dims), std::nullopt};
      if (const auto label = plan.access.operands[k].direct_label[g]) {
        if (work.factors.is_shared(*label)) {
          order.push_back(*label);
        } else {
          block.replace = dense_row(fr_eq_table(work.factors.segment(*label)));
        }
      } else {
        block.replace = group_matrix(work, group, dims, order);
      }
      blocks.push_back(std::move(block));
    }
    return reorder(contract(input_.gemm, values(operand), std::move(blocks)), *plan.expression, order,
                   plan.access.shared_labels);
  }

  // Rows: the shared labels of the group (appended to `order`); columns: the group's padded index; weights: its other
  // labels'.
  static SparseMatrix group_matrix(const TermWork& work, const tensor::Group& group, const tensor::Shape& dims,
                                   std::vector<std::uint32_t>& order) {
    const tensor::Expression& e = *work.plan->expression;
    std::vector<std::size_t> row_stride(group.labels.size(), 0);
    std::vector<std::vector<Fr>> weights(group.labels.size());
    std::size_t rows = 1;
    for (std::size_t j = group.labels.size(); j-- > 0;) {
      const std::uint32_t label = group.labels[j].label;
      if (work.factors.is_shared(label)) {
        row_stride[j] = rows;
        rows <<= circuit::log_padded(e.label_size(label));
      } else {
        weights[j] = work.factors.weights(label);
      }
    }
    for (const tensor::LabelStride& ls : group.labels) {
      if (work.factors.is_shared(ls.label)) {
        order.push_back(ls.label);
      }
    }
    SparseMatrix matrix;
    matrix.rows.resize(rows);
    for_each_index(group, dims, e, [&](std::span<const std::uint32_t> index, std::size_t column) {
      std::size_t row = 0;
      Fr weight = Fr::one();
      for (std::size_t j = 0; j < index.size(); ++j) {
        if (weights[j].empty()) {
          row += row_stride[j] * index[j];
        } else {
          weight *= weights[j][index[j]];
        }
      }
      matrix.rows[row].push_back({static_cast<std::uint32_t>(column), weight});
    });
    return matrix;
  }

  // A (tables of the mapped groups, multiplied out) and X bound at the direct axes.
  sumcheck::Instance view_instance(const ViewWork& view) const {
    const tensor::Operand& operand = view.plan->term->operands[view.operand];
    const circuit::OperandAccess& access = view.plan->access.operands[view.operand];
    const tensor::Shape& dims = shape(operand);
    sumcheck::Instance out;
    out.a = {Fr::one()};
    std::vector<Block> blocks;
    for (std::size_t g = 0; g < operand.groups.size(); ++g) {
      const tensor::Group& group = operand.groups[g];
      Block block{std::size_t{1} << group_vars(group, dims), std::nullopt};
      if (const auto label = access.direct_label[g]) {
        block.replace = dense_row(fr_eq_table(view.factors->segment(*label)));
      } else {
        out.a = outer(out.a, group_weights(*view.factors, *view.plan->expression, group, dims));
      }
      blocks.push_back(std::move(block));
    }
    out.b = contract(input_.gemm, values(operand), std::move(blocks));
    return out;
  }

  static std::vector<Fr> group_weights(const LabelFactors& factors, const tensor::Expression& e,
                                       const tensor::Group& group, const tensor::Shape& dims) {
    std::vector<std::vector<Fr>> weights;
    for (const tensor::LabelStride& ls : group.labels) {
      weights.push_back(factors.after_sum(ls.label));
    }
    std::vector<Fr> out(std::size_t{1} << group_vars(group, dims));
    for_each_index(group, dims, e, [&](std::span<const std::uint32_t> index, std::size_t padded_index) {
      Fr weight = Fr::one();
      for (std::size_t j = 0; j < index.size(); ++j) {
        weight *= weights[j][index[j]];
      }
      out[padded_index] += weight;
    });
    return out;
  }

  // out[i * b.size() + j] = a[i] * b[j].
  static std::vector<Fr> outer(std::span<const Fr> a, std::span<const Fr> b) {
    std::vector<Fr> out(a.size() * b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      for (std::size_t j = 0; j < b.size(); ++j) {
        out[i * b.size() + j] = a[i] * b[j];
      }
    }
    return out;
  }

  static std::vector<Fr> padded(std::vector<Fr> values) {
    values.resize(std::size_t{1} << circuit::log_padded(static_cast<std::uint32_t>(values.size())));
    return values;
  }

  // Permutes a table over the padded labels `from` (row-major) to the order `to`.
  static std::vector<Fr> reorder(std::vector<Fr> table, const tensor::Expression& e,
                                 const std::vector<std::uint32_t>& from, const std::vector<std::uint32_t>& to) {
    if (from == to) {
      return table;
    }
    const Segments source(e, from);
    // Position of each target bit in the source index.
    std::vector<unsigned> source_bit;
    for (std::size_t i = to.size(); i-- > 0;) {
      const unsigned first = source.place(to[i]).first;
      for (unsigned b = 0; b < circuit::log_padded(e.label_size(to[i])); ++b) {
        source_bit.push_back(first + b);
      }
    }
    std::vector<Fr> out(table.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      std::size_t j = 0;
      for (std::size_t b = 0; b < source_bit.size(); ++b) {
        j |= ((i >> b) & 1) << source_bit[b];
      }
      out[i] = table[j];
    }
    return out;
  }

  static Fr sum_of_products(const sumcheck::Instance& instance) {
    if (instance.e.empty()) {
      return fr_dot(instance.a, instance.b);
    }
    std::vector<Fr> ab(instance.a.size());
    fr_mul(ab, instance.a, instance.b);
    return fr_dot(instance.e, ab);
  }

  static void run_all(const std::vector<std::function<void()>>& jobs) {
    parallel_for(jobs.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        jobs[i]();
      }
    });
  }

  struct ProductWork {
    TermWork* work;
    sumcheck::Instance instance;
  };

  ProverChannel& channel_;
  const ProverInput& input_;
  const Plan& plan_;
  std::span<const Fr> point_;
  std::vector<std::unique_ptr<TermWork>> works_;
  std::vector<ProductWork> products_;
  std::vector<ViewWork> views_;
  std::vector<sumcheck::Instance> view_instances_;  // by view; those of products are made after their sumcheck
  std::vector<TensorClaim<Fr>> claims_;
};

}  // namespace

std::vector<TensorClaim<Fr>> prove_relations(ProverChannel& channel, const ProverInput& input, const Plan& plan,
                                             std::span<const Fr> point) {
  PROOFCARD_CHECK(point.size() >= plan.max_point_vars);
  return ProverReducer(channel, input, plan, point).run();
}

}  // namespace proofcard::relation
