#include "host/report/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "host/base/text.hpp"

namespace proofcard::tools::html {
namespace {

constexpr const char* kNarrowSpace = "&#8239;";

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --bg: #f6f6f3; --card: #fff; --text: #1b1d21; --dim: #5f6570; --line: #e3e3de; --track: #ebedf0;
  --work: #2264ad; --wait: #c05621; --other: #7b8494; --grid: #e3e3de; --roof: #1b1d21; }
@media (prefers-color-scheme: dark) {
  :root { --bg: #131519; --card: #1b1e24; --text: #e7e7e4; --dim: #9aa1ad; --line: #2d323b; --track: #2a2f38;
    --work: #6ea8ea; --wait: #ee9459; --other: #8a93a3; --grid: #2d323b; --roof: #e7e7e4; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
header { margin-bottom: 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.15rem; line-height: 1.35; margin: 0 0 .8rem; }
h3 { font-size: .95rem; margin: 1.4rem 0 .4rem; }
p { margin: .6rem 0 0; max-width: 52rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.15rem 1.3rem 1.25rem; margin-top: 1.1rem; }
.kind { color: var(--dim); font-weight: 500; font-size: .85rem; float: right; margin-left: 1rem; }
.dim { color: var(--dim); font-size: .87rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.2rem, 1fr)); gap: .8rem 1.25rem; margin: 0 0 .4rem; }
.figures b { display: block; font-size: 1.3rem; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.figures span { color: var(--dim); font-size: .85rem; line-height: 1.35; display: block; }
.bar { display: grid; grid-template-columns: 12rem 1fr 4.2rem; gap: .2rem .9rem; align-items: center; margin-top: .3rem; }
.bar span:last-child { text-align: right; font-variant-numeric: tabular-nums; }
.track { background: var(--track); border-radius: 3px; height: .8rem; overflow: hidden; }
.track i { display: block; height: 100%; border-radius: 3px; background: var(--other); }
.track .work { background: var(--work); } .track .wait { background: var(--wait); }
figure { margin: 0; } figcaption { color: var(--dim); font-size: .85rem; margin-top: .5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .93rem; }
th, td { text-align: right; padding: .36rem 0 .36rem 1.1rem; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; min-width: 6.5rem; }
.summary td:first-child { min-width: 17rem; }
th { color: var(--dim); font-weight: 500; font-size: .85rem; line-height: 1.3; vertical-align: bottom; white-space: normal; }
sup { font-size: .72em; line-height: 0; }
tr:last-child td { border-bottom: 0; }
.meter { display: inline-block; width: 5rem; height: .7rem; margin-right: .6rem; background: var(--track); border-radius: 3px; overflow: hidden; }
.meter i { display: block; height: 100%; background: var(--work); }
td a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .2em; }
code { font: .88em/1.4 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
svg + .wide, .wide + .wide { margin-top: .8rem; }
svg { width: 100%; min-width: 34rem; height: auto; display: block; }
svg text { fill: var(--dim); font: 12.5px system-ui, sans-serif; }
svg .strong { fill: var(--text); } svg .badge { fill: var(--card); font-weight: 600; font-size: 11.5px; }
svg .grid { stroke: var(--grid); stroke-width: 1; } svg .roof { stroke: var(--roof); stroke-width: 2; fill: none; }
svg .reach { stroke: var(--other); stroke-width: 1; stroke-dasharray: 3 4; } svg .point { fill: var(--work); }
@media (max-width: 40rem) { main { padding: 1.25rem .75rem 3rem; } section { padding: 1rem .9rem; }
  .bar { grid-template-columns: 1fr max-content; } .bar .track { grid-column: 1 / -1; grid-row: 2; }
  .summary td:first-child { min-width: 9rem; }
  .kind { float: none; display: block; margin: 0; } }
@media print { :root { --bg: #fff; --card: #fff; } body { font-size: 11px; } main { max-width: none; padding: 0; }
  section { break-inside: avoid; border-radius: 0; } .track, .track i, .meter, .meter i { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  table { font-size: 10px; } svg { min-width: 0; } .wide { overflow: visible; } }
)";

}  // namespace

std::string escape(const std::string& text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string title(const std::string& text) {
  const std::string escaped = escape(text);
  std::string out;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    std::size_t end = i + 1;
    while (escaped[i] == '^' && end < escaped.size() && std::isdigit(static_cast<unsigned char>(escaped[end])) != 0) {
      ++end;
    }
    if (end > i + 1) {
      out += "<sup>" + escaped.substr(i + 1, end - i - 1) + "</sup>";
      i = end - 1;
    } else {
      out += escaped[i];
    }
  }
  return out;
}

std::string breakable(const std::string& name) {
  std::string out;
  for (const char c : escape(name)) {
    out += c;
    out += c == '_' ? "<wbr>" : "";
  }
  return out;
}

std::string grouped(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, kNarrowSpace);
  }
  return digits;
}

std::string percent(double share) {
  const bool too_small = share > 0 && share < 0.0005;
  return fmt::format("{}{}%", too_small ? "&lt;0.1" : fmt::format("{:.1f}", 100 * share), kNarrowSpace);
}

std::string scaled(double value, const std::string& unit) {
  constexpr std::array kPrefixes{"", "k", "M", "G", "T"};
  std::size_t prefix = 0;
  while (value >= 999.5 && prefix + 1 < kPrefixes.size()) {
    value /= 1000;
    ++prefix;
  }
  const int decimals = value >= 99.95 || (prefix == 0 && value == std::floor(value)) ? 0 : value >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f}{}{}{}", value, decimals, kNarrowSpace, kPrefixes[prefix], unit);
}

std::string duration(double milliseconds) {
  const double value = milliseconds < 1      ? 1000 * milliseconds
                       : milliseconds < 1000 ? milliseconds
                                             : milliseconds / 1000;
  const char* unit = milliseconds < 1 ? "&#181;s" : milliseconds < 1000 ? "ms" : "s";
  return fmt::format("{:.{}f}{}{}", value, value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2, kNarrowSpace, unit);
}

double ratio(double a, double b) { return b == 0 ? 0 : a / b; }

std::string figures(const std::vector<Figure>& all) {
  std::string out = "<div class=\"figures\">";
  for (const Figure& figure : all) {
    out += fmt::format("<div><b>{}</b><span>{}</span></div>", figure.value, escape(figure.label));
  }
  return out + "</div>\n";
}

std::string bars(const std::vector<Bar>& all, const std::string& caption) {
  std::string out = "<figure>\n";
  for (const Bar& bar : all) {
    out += fmt::format(
        "<div class=\"bar\"><span>{}</span><div class=\"track\"><i class=\"{}\" "
        "style=\"width:{:.2f}%\"></i></div><span>{}</span></div>\n",
        escape(bar.label), bar.kind, 100 * std::clamp(bar.share, 0.0, 1.0), bar.value);
  }
  return out + fmt::format("<figcaption>{}</figcaption></figure>\n", escape(caption));
}

std::string table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows) {
  std::string out = "<div class=\"wide\"><table><thead><tr>";
  for (const std::string& cell : head) {
    out += fmt::format("<th>{}</th>", cell);
  }
  out += "</tr></thead><tbody>\n";
  for (const std::vector<std::string>& row : rows) {
    out += "<tr>";
    for (const std::string& cell : row) {
      out += fmt::format("<td>{}</td>", cell);
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string page(const std::string& title, const std::string& body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{}</title>"
      "<style>{}</style></head><body><main>\n{}</main></body></html>\n",
      escape(title), kStyle, body);
}

}  // namespace proofcard::tools::html
