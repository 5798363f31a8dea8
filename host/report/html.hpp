// Parts of a page: text, numbers, bars. Everything that comes from elsewhere goes through escape().
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace proofcard::tools::html {

std::string escape(const std::string& text);

// Escaped, with powers raised: "2^12 points".
std::string title(const std::string& text);
// Escaped, and may break after each underscore.
std::string breakable(const std::string& name);

// 1234567 -> 1 234 567, with narrow spaces that do not break.
std::string grouped(std::uint64_t n);
// 0.973 -> 97.3 %; what is there is not 0.0 %.
std::string percent(double share);
// 14375000000, "B/s" -> 14.4 GB/s: three digits and a prefix.
std::string scaled(double value, const std::string& unit);
// A time that fits its size: 12.3 us, 4.56 ms, 1.23 s.
std::string duration(double milliseconds);

// a / b, or 0 where there is nothing to divide by.
double ratio(double a, double b);

// A number with what it is.
struct Figure {
  std::string value;  // HTML
  std::string label;
};
std::string figures(const std::vector<Figure>& all);

// Labelled bars, one a row. `kind` is a class of the style sheet: what the bar stands for.
struct Bar {
  std::string label;
  double share;       // of the whole width
  std::string value;  // HTML
  std::string kind;
};
std::string bars(const std::vector<Bar>& all, const std::string& caption);

// All cells are HTML; the first column is text, others are numbers.
std::string table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows);

// A whole page around sections, without anything from elsewhere: the style sheet is in it.
std::string page(const std::string& title, const std::string& body);

}  // namespace proofcard::tools::html
