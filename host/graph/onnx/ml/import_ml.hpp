// What translations of classical models share. Private to graph/onnx/ml.
//
// Names of classes stand in no tensor: where a file's labels are strings, the label is the number of the class, and a note says
// which class has which number.
#pragma once

#include <string>
#include <vector>

#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {

// Parts of the domain's table, one a file.
const std::map<std::string, Translation>& linear_model_translations();    // LinearRegressor, LinearClassifier
const std::map<std::string, Translation>& feature_translations();         // Scaler, Imputer, ZipMap, ...
const std::map<std::string, Translation>& tree_translations();            // TreeEnsembleClassifier, ...
const std::map<std::string, Translation>& tree_ensemble_translations();   // TreeEnsemble
const std::map<std::string, Translation>& support_vector_translations();  // SVMRegressor, SVMClassifier
const std::map<std::string, Translation>& category_translations();        // LabelEncoder, OneHotEncoder

struct ClassLabels {
  Dims integers;
  std::vector<std::string> texts;

  std::size_t size() const { return integers.empty() ? texts.size() : integers.size(); }
};

// Of the attributes classlabels_ints or classlabels_int64s, and classlabels_strings; one of them, or none.
Result<ClassLabels> read_labels(const NodeReader& node);
// Binds output 0 to the label of a class, whose number is given.
Status bind_label(const NodeReader& node, std::uint32_t number, const ClassLabels& labels);

// Rows of features as floats: one row where the file has a list. Errors: not 1 or 2 dimensions.
Result<std::uint32_t> feature_rows(const NodeReader& node, std::size_t i);

// The number of the largest score of each row, by all digits: [N].
Result<std::uint32_t> largest_score(const NodeReader& node, std::uint32_t scores);
// 1 where the value, [N, 1], is above the threshold: [N] of numbers of classes.
Result<std::uint32_t> side_of(const NodeReader& node, std::uint32_t value, float threshold);
// 1 - p.
Result<std::uint32_t> complement(const NodeReader& node, std::uint32_t p);
// [1 - p, p] for rows [p].
Result<std::uint32_t> with_complement(const NodeReader& node, std::uint32_t p);
// post_transform of several scores a row. Errors: kUnsupported for PROBIT and SOFTMAX_ZERO.
Result<std::uint32_t> transformed(const NodeReader& node, std::uint32_t scores);
Result<std::uint32_t> transformed(const NodeReader& node, std::uint32_t scores, const std::string& kind);
// The same of a regression. Errors: kUnsupported for one target, which onnxruntime leaves as it is, and ONNX does not.
Result<std::uint32_t> transformed_targets(const NodeReader& node, std::uint32_t targets);
Result<std::uint32_t> transformed_targets(const NodeReader& node, std::uint32_t targets, const std::string& kind);

// x times the rows of coefficients, [outputs, features], plus a bias; no bias: empty.
Result<std::uint32_t> linear_scores(const NodeReader& node, std::uint32_t x, const std::vector<float>& coefficients,
                                    const std::vector<float>& bias, std::int64_t outputs);

}  // namespace proofcard::graph
