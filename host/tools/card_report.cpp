#include "host/tools/card_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "host/tools/report.hpp"

namespace proofcard::tools {
namespace {

constexpr const char* kStyle = R"(
:root { --bg: #f7f7f5; --card: #ffffff; --text: #1c1e21; --dim: #667; --line: #e2e2de; --bar: #2f6fb3; --track: #e9edf2; }
@media (prefers-color-scheme: dark) {
  :root { --bg: #14161a; --card: #1c1f25; --text: #e6e6e3; --dim: #99a; --line: #2c3038; --bar: #6aa9ee; --track: #282d36; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem; margin-top: 1.25rem; }
.dim, figcaption { color: var(--dim); font-size: .87rem; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 0 0 1rem; }
.numbers b { display: block; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .3rem .5rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
th { color: var(--dim); font-weight: 500; font-size: .87rem; }
.wide { overflow-x: auto; }
figure { margin: 1rem 0 0; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--text); font: 13px system-ui, sans-serif; }
svg .track { fill: var(--track); } svg .bar { fill: var(--bar); }
code { font-size: .9em; }
)";

std::string escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
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

// 1234567 -> 1 234 567, with thin spaces.
std::string grouped(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, "&#8239;");
  }
  return digits;
}

double ratio(std::uint64_t a, std::uint64_t b) { return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b); }

struct Bar {
  std::string label;
  double share;  // of 1
  std::string value;
};

std::string bars(const std::vector<Bar>& all, const std::string& caption) {
  constexpr int kRow = 26;
  constexpr int kLeft = 210;
  constexpr int kWidth = 560;
  std::string out = fmt::format("<figure><svg viewBox=\"0 0 900 {}\" role=\"img\" aria-label=\"{}\">\n",
                                kRow * all.size(), escape(caption));
  int y = 0;
  for (const Bar& bar : all) {
    const double width = kWidth * std::clamp(bar.share, 0.0, 1.0);
    out += fmt::format(
        "<text x=\"0\" y=\"{0}\">{1}</text><rect class=\"track\" x=\"{2}\" y=\"{3}\" width=\"{4}\" height=\"14\" "
        "rx=\"3\"/>"
        "<rect class=\"bar\" x=\"{2}\" y=\"{3}\" width=\"{5:.1f}\" height=\"14\" rx=\"3\"/><text x=\"{6}\" "
        "y=\"{0}\">{7}</text>\n",
        y + 17, escape(bar.label), kLeft, y + 6, kWidth, width, kLeft + kWidth + 12, bar.value);
    y += kRow;
  }
  return out + fmt::format("</svg><figcaption>{}</figcaption></figure>\n", caption);
}

std::string number(const std::string& value, const std::string& label) {
  return fmt::format("<div><b>{}</b><span class=\"dim\">{}</span></div>", value, label);
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string workload_section(const CardReport& report, const ReportedWorkload& w) {
  device::Counters all;
  std::uint64_t longest = 0;  // units work side by side
  for (const ReportedUnit& unit : w.units) {
    all = all + unit.counters;
    longest = std::max(longest, unit.counters["cycles"]);
  }
  const double kernel_ms = static_cast<double>(longest) / (report.clock_mhz * 1000);
  const std::uint64_t copied = all.in_bytes + all.out_bytes;
  const double copy_ms = static_cast<double>(copied) / (report.copy_gb_per_s * 1e6);

  std::string out = fmt::format("<section><h2>{}</h2>\n<div class=\"numbers\">", escape(w.name));
  out += number(grouped(longest), "cycles, of the unit with most");
  out += number(fmt::format("{:.3f}", ratio(all["num_digits"], all["cycles"])), "digits a unit cycle");
  out += number(percent(ratio(all["busy_cycles"], all["cycles"])), "adder busy");
  out += number(fmt::format("{:.3f} ms", kernel_ms), "projected kernel time");
  out += number(format_ms(w.wall_ms), report.counts_memory ? "measured here" : "measured here, emulated");
  out += "</div>\n";

  const auto share = [&](const char* label, std::uint64_t cycles) {
    return Bar{label, ratio(cycles, all["cycles"]), percent(ratio(cycles, all["cycles"]))};
  };
  out += bars({share("adder busy", all["busy_cycles"]), share("stall: memory", all["stall_memory_cycles"]),
               share("stall: pair queue full", all["stall_queue_cycles"]), share("draining", all["drain_cycles"]),
               share("folding buckets", all["fold_cycles"])},
              "Share of the units' cycles. They overlap: the adder is busy while buckets fold.");

  const double most = static_cast<double>(std::max({all.in_bytes, all.out_bytes, std::uint64_t{1}}));
  const auto channel = [&](const char* label, std::uint64_t bytes) {
    return Bar{label, static_cast<double>(bytes) / most, format_bytes(bytes)};
  };
  out += bars({channel("read: scalars", all.in_bytes), channel("written: results, record", all.out_bytes)},
              "Bytes at the memory channels of each port, every argument of a job once.");

  out +=
      "<div class=\"wide\"><table><tr><th>unit</th><th>jobs</th><th>cycles</th><th>busy</th><th>digits</th>"
      "<th>copied in</th><th>copied out</th></tr>\n";
  for (const ReportedUnit& unit : w.units) {
    const device::Counters& c = unit.counters;
    out += fmt::format("<tr><td>{} {}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                       escape(unit.card), escape(unit.unit), c.jobs, grouped(c["cycles"]),
                       percent(ratio(c["busy_cycles"], c["cycles"])), grouped(c["num_digits"]),
                       format_bytes(c.in_bytes), format_bytes(c.out_bytes));
  }
  out += "</table></div>\n";
  out += fmt::format(
      "<p class=\"dim\">Projection, not a measurement: kernel time = cycles of the busiest unit / clock = {} / {:.0f} "
      "MHz "
      "= {:.3f} ms; copies = bytes / rate = {} / {:.1f} GB/s = {:.3f} ms, which overlap with computing except for the "
      "first "
      "and the last job.</p></section>\n",
      grouped(longest), report.clock_mhz, kernel_ms, format_bytes(copied), report.copy_gb_per_s, copy_ms);
  return out;
}

std::string resources_section(const CardReport& report) {
  if (report.resources.empty()) {
    return "<section><h2>Resources</h2><p class=\"dim\">None given. <code>scripts/synth.py &gt; resources.md</code>, "
           "then "
           "<code>--resources resources.md</code>.</p></section>\n";
  }
  std::string out =
      "<section><h2>Resources</h2><div class=\"wide\"><table><tr><th>block</th><th>DSP</th><th>LUT</th><th>FF</th>"
      "<th>BRAM36</th><th>URAM</th></tr>\n";
  std::vector<Bar> shares;
  constexpr double kDspOfSlr = 9024.0 / 3;
  for (const ReportedResources& r : report.resources) {
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", escape(r.unit),
                       grouped(r.dsp), grouped(r.lut), grouped(r.ff), r.bram, r.uram);
    const double share = static_cast<double>(r.dsp) / kDspOfSlr;
    shares.push_back({r.unit, share, percent(share)});
  }
  out += "</table></div>\n";
  out +=
      bars(shares, "DSP blocks, as a share of the 3008 of one SLR of an Alveo U55C, before the shell takes its own.");
  return out +
         "<p class=\"dim\">Synthesised by Yosys for UltraScale+, not by Vivado, and not placed: upper bounds, and no "
         "statement about the clock.</p></section>\n";
}

template <class T>
bool parse_number(const std::string& text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

}  // namespace

std::string card_report_html(const CardReport& report) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Card report: {0}</title>"
      "<style>{1}</style></head><body><main>\n<h1>Card report: {0}</h1>\n",
      escape(report.device), kStyle);
  for (const std::string& card : report.cards) {
    out += fmt::format("<div class=\"dim\">{}</div>\n", escape(card));
  }
  if (!report.counts_memory) {
    out +=
        "<p class=\"dim\">The HLS kernel counts loop iterations at one a cycle, without memory: its cycles are a lower "
        "bound. Use hw_emu for cycles that include memory.</p>\n";
  }
  for (const ReportedWorkload& workload : report.workloads) {
    out += workload_section(report, workload);
  }
  return out + resources_section(report) + "</main></body></html>\n";
}

Result<std::vector<ReportedResources>> parse_resources(const std::string& text, const std::string& name) {
  std::vector<ReportedResources> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> cells;
    std::istringstream parts(line);
    for (std::string cell; std::getline(parts, cell, '|');) {
      cells.push_back(trimmed(cell));
    }
    // "| unit | DSP | LUT | FF | BRAM36 | URAM | ...": the first cell is before the first bar.
    ReportedResources row;
    if (cells.size() >= 7 && parse_number(cells[2], row.dsp) && parse_number(cells[3], row.lut) &&
        parse_number(cells[4], row.ff) && parse_number(cells[5], row.bram) && parse_number(cells[6], row.uram)) {
      row.unit = cells[1];
      out.push_back(std::move(row));
    }
  }
  if (out.empty()) {
    return bad_input(name, "expected a table of scripts/synth.py, found no row of one");
  }
  return out;
}

}  // namespace proofcard::tools
