#include "host/report/cards/card_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "host/report/cards/roofline.hpp"
#include "host/report/cards/workload_figures.hpp"
#include "host/report/html.hpp"

namespace proofcard::tools {
namespace {

using html::escape;
using html::grouped;
using html::percent;

std::string text(std::string_view from) { return escape(std::string(from)); }

std::string bytes_text(std::uint64_t bytes) { return html::scaled(static_cast<double>(bytes), "B"); }

// A channel's name, with its card where there are several.
std::string channel_name(const CardReport& report, const ChannelFigures& channel) {
  return (report.cards.size() > 1 ? channel.card + " " : "") + channel.use.tag;
}

std::string unit_name(const CardReport& report, const ReportedUnit& unit) {
  return (report.cards.size() > 1 ? report.cards[unit.card].spec + " " : "") + unit.unit;
}

// What takes most of the cycles beside the arithmetic.
std::string largest_cause(const WorkloadFigures& f) {
  const auto most =
      std::ranges::max_element(f.view->causes, {}, [&](const CycleCause& cause) { return f.all[cause.counter]; });
  return most == f.view->causes.end() || f.all[most->counter] == 0
             ? "none counted"
             : fmt::format("{} {}", text(most->label), percent(f.share(most->counter)));
}

std::string summary_section(const CardReport& report, const std::vector<WorkloadFigures>& figures) {
  const bool has_memory = std::ranges::any_of(figures, &WorkloadFigures::has_memory);
  std::vector<std::string> head{"workload", "kernel", "cycles", "arithmetic busy", "most of the rest"};
  if (has_memory) {
    head.emplace_back("busiest channel");
  }
  head.push_back(fmt::format("kernel time at {:.0f} MHz", report.clock_mhz));
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const WorkloadFigures& f = figures[i];
    std::vector<std::string> row{
        fmt::format("{}. <a href=\"#w{}\">{}</a>", i + 1, i + 1, html::title(report.workloads[i].name)),
        text(f.view->kernel), grouped(f.longest_cycles), percent(f.share("busy_cycles")), largest_cause(f)};
    if (has_memory) {
      const ChannelFigures* busiest = f.busiest();
      row.push_back(busiest == nullptr
                        ? "not counted"
                        : fmt::format("{} {}", escape(channel_name(report, *busiest)), percent(busiest->utilisation)));
    }
    row.push_back(html::duration(f.kernel_ms));
    rows.push_back(std::move(row));
  }
  return "<section class=\"summary\"><h2>Workloads</h2>\n" + html::table(head, rows) +
         "<p class=\"dim\">Cycles are those of the busiest unit. Kernel times are projections: these cycles at this "
         "clock.</p></section>\n";
}

std::string channels_part(const CardReport& report, const WorkloadFigures& f) {
  std::string out = "<h3>Memory channels</h3>\n";
  if (!f.has_memory) {
    out += "<p class=\"dim\">Not counted: this card has no statistics of its channels.";
    if (f.view->word_bytes != 0) {
      out += fmt::format(" By its own count the kernel loaded {} and stored {}, without constants.",
                         bytes_text(f.all["loaded_words"] * f.view->word_bytes),
                         bytes_text(f.all["stored_words"] * f.view->word_bytes));
    }
    return out + "</p>\n";
  }
  std::vector<std::vector<std::string>> rows;
  for (const ChannelFigures& c : f.channels) {
    rows.push_back({escape(channel_name(report, c)), bytes_text(c.use.bytes_read), bytes_text(c.use.bytes_written),
                    bytes_text(c.use.copied_in), bytes_text(c.use.copied_out), fmt::format("{:.1f}", c.bytes_a_cycle),
                    html::scaled(static_cast<double>(c.use.peak_bytes_per_second), "B/s"),
                    fmt::format("<span class=\"meter\"><i style=\"width:{:.1f}%\"></i></span>{}",
                                100 * std::min(1.0, c.utilisation), percent(c.utilisation)),
                    grouped(c.use.row_misses)});
  }
  return out +
         html::table({"channel", "read", "written", "copied in", "copied out", "bytes a cycle", "peak", "of its peak",
                      "row misses"},
                     rows) +
         "<p class=\"dim\">Read and written by kernels, copied by the host; counted by the memory model burst by "
         "burst. Bytes a cycle are the kernels'.</p>\n";
}

std::string records_part(const CardReport& report, const ReportedWorkload& w, const WorkloadFigures& f) {
  std::vector<std::string> head{"unit", "jobs"};
  for (const device::abi::Counter& counter : f.all.kernel->counters) {
    head.push_back(html::breakable(std::string(counter.name)));
  }
  head.insert(head.end(), {"copied in", "copied out"});
  std::vector<std::vector<std::string>> rows;
  for (const ReportedUnit& unit : w.units) {
    const device::Counters& c = unit.counters;
    std::vector<std::string> row{escape(unit_name(report, unit)), grouped(c.jobs)};
    for (const device::abi::Counter& counter : c.kernel->counters) {
      row.push_back(grouped(c[counter.name]));
    }
    row.insert(row.end(), {bytes_text(c.in_bytes), bytes_text(c.out_bytes)});
    rows.push_back(std::move(row));
  }
  return "<h3>Completion records, added up</h3>\n" + html::table(head, rows);
}

std::string workload_section(const CardReport& report, std::size_t index, const WorkloadFigures& f) {
  const ReportedWorkload& w = report.workloads[index];
  const auto cycles = static_cast<double>(f.longest_cycles);
  std::string out = fmt::format("<section id=\"w{}\"><h2><span class=\"kind\">{}</span>{}. {}</h2>\n", index + 1,
                                text(f.view->kernel), index + 1, html::title(w.name));
  std::vector<html::Figure> figures{
      {grouped(f.longest_cycles), w.units.size() > 1 ? "cycles of the busiest unit" : "cycles"},
      {percent(f.share("busy_cycles")), fmt::format("of the cycles: {} busy", f.view->arithmetic)},
      {fmt::format("{:.3g}", html::ratio(static_cast<double>(w.items), cycles)), w.item + " a cycle"}};
  if (f.view->operations_a_cycle > 1) {
    figures.push_back(
        {fmt::format("{:.3g}", html::ratio(static_cast<double>(f.operations), cycles)),
         fmt::format("{} a cycle, of {}", f.view->operation, w.units.size() * f.view->operations_a_cycle)});
  }
  if (const ChannelFigures* busiest = f.busiest(); busiest != nullptr) {
    figures.push_back({percent(busiest->utilisation), "of the peak of " + channel_name(report, *busiest)});
  }
  figures.push_back(
      {html::duration(f.kernel_ms), fmt::format("kernel time at {:.0f} MHz, projected", report.clock_mhz)});
  figures.push_back({html::duration(w.wall_ms), report.emulated ? "to emulate it here" : "measured here, with copies"});
  out += html::figures(figures);

  std::vector<html::Bar> bars{
      {fmt::format("{} busy", f.view->arithmetic), f.share("busy_cycles"), percent(f.share("busy_cycles")), "work"}};
  for (const CycleCause& cause : f.view->causes) {
    bars.push_back({std::string(cause.label), f.share(cause.counter), percent(f.share(cause.counter)), "wait"});
  }
  out += "<h3>Where the cycles went</h3>\n";
  out += html::bars(bars, "Shares of the units' cycles. They are counted each for itself and may overlap.");
  out += channels_part(report, f);
  out += records_part(report, w, f);
  return out +
         fmt::format(
             "<p class=\"dim\">Projection, not a measurement: kernel time = cycles of the busiest unit / clock = {} "
             "/ {:.0f} MHz = {}; copies = bytes / rate = {} / {:.1f} GB/s = {}, which overlap with computing "
             "except for the first and the last job.</p></section>\n",
             grouped(f.longest_cycles), report.clock_mhz, html::duration(f.kernel_ms), bytes_text(f.copied_bytes),
             report.copy_gb_per_s, html::duration(f.copy_ms));
}

std::string roofline_section(const CardReport& report, const std::vector<WorkloadFigures>& figures,
                             const KernelView& view) {
  Roofline roofline;
  roofline.operations = view.operation;
  std::size_t num_channels = 0;
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const WorkloadFigures& f = figures[i];
    if (f.view != &view || f.operations == 0 || f.channel_bytes == 0) {
      continue;
    }
    roofline.peak_rate = f.peak_operations_per_second;
    // The same units use the same channels; a workload may leave one of them out.
    roofline.bytes_per_second = std::max(roofline.bytes_per_second, f.peak_bytes_per_second);
    num_channels = std::max(num_channels, f.num_channels);
    roofline.points.push_back({i + 1, report.workloads[i].name, f.intensity(), f.operations_per_second});
  }
  if (roofline.points.empty()) {
    return "";
  }
  roofline.peak_label = fmt::format("{}: {:.0f} million {} a second at {:.0f} MHz", view.arithmetic,
                                    roofline.peak_rate / 1e6, view.operation, report.clock_mhz);
  roofline.bandwidth_label = fmt::format("{} channels: {:.1f} GB/s", num_channels, roofline.bytes_per_second / 1e9);
  for (const RooflinePoint& p : roofline.points) {
    rows.push_back({fmt::format("{}. {}", p.number, html::title(p.name)), fmt::format("{:.3g}", p.intensity),
                    html::scaled(p.rate, "/s"), percent(p.rate / roofline.reach(p.intensity)),
                    roofline.reach(p.intensity) < roofline.peak_rate ? "channels" : text(view.arithmetic)});
  }
  return fmt::format("<section><h2><span class=\"kind\">{}</span>Roofline of the {}</h2>\n", text(view.kernel),
                     text(view.arithmetic)) +
         roofline_svg(roofline) +
         html::table(
             {"workload", fmt::format("{} a byte", view.operation), "projected rate", "of the roof", "bound by"},
             rows) +
         fmt::format(
             "<p class=\"dim\">Points: {} of a workload over the bytes that the memory model counted for it at the "
             "channels; their rates are projected to {:.0f} MHz. The slope is the peak of all "
             "channels that these units use, as if traffic were spread evenly; a dashed line leads to the roof.</p>"
             "</section>\n",
             text(view.operation), report.clock_mhz);
}

std::string rooflines(const CardReport& report, const std::vector<WorkloadFigures>& figures) {
  std::string out;
  std::vector<const KernelView*> seen;
  for (const WorkloadFigures& f : figures) {
    if (std::ranges::find(seen, f.view) == seen.end()) {
      seen.push_back(f.view);
      out += roofline_section(report, figures, *f.view);
    }
  }
  return !out.empty() ? out
                      : "<section><h2>Roofline</h2><p class=\"dim\">None: it needs the bytes at memory channels, which "
                        "these cards do not count. hw_emu does.</p></section>\n";
}

std::string cards_section(const CardReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const ReportedCard& card : report.cards) {
    for (const ReportedCard::Unit& unit : card.units) {
      rows.push_back({fmt::format("{} {}", escape(card.spec), escape(unit.name)), escape(unit.kernel),
                      escape(unit.implementation), fmt::format("<code>{:016x}</code>", unit.abi_hash)});
    }
  }
  std::string out = "<section><h2>Cards</h2>\n" + html::table({"unit", "kernel", "made by", "ABI"}, rows);
  for (const ReportedCard& card : report.cards) {
    out += fmt::format("<p class=\"dim\">{}: {}, xclbin <code>{}</code></p>\n", escape(card.spec), escape(card.name),
                       escape(card.xclbin_uuid));
  }
  return out + "</section>\n";
}

std::string resources_section(const CardReport& report) {
  if (report.resources.empty()) {
    return "<section><h2>Resources</h2><p class=\"dim\">None given. <code>scripts/synth.py &gt; resources.md</code>, "
           "then "
           "<code>--resources resources.md</code>.</p></section>\n";
  }
  std::vector<std::vector<std::string>> rows;
  std::vector<html::Bar> shares;
  constexpr double kDspOfSlr = 9024.0 / 3;
  for (const ReportedResources& r : report.resources) {
    rows.push_back(
        {escape(r.unit), grouped(r.dsp), grouped(r.lut), grouped(r.ff), fmt::format("{}", r.bram), grouped(r.uram)});
    const double share = static_cast<double>(r.dsp) / kDspOfSlr;
    shares.push_back({r.unit, share, percent(share), "other"});
  }
  return "<section><h2>Resources</h2>\n" + html::table({"block", "DSP", "LUT", "FF", "BRAM36", "URAM"}, rows) +
         "<h3>DSP blocks of one SLR</h3>\n" +
         html::bars(shares, "Shares of the 3008 of an SLR of an Alveo U55C, before the shell takes its own.") +
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
  std::vector<WorkloadFigures> figures;
  for (const ReportedWorkload& workload : report.workloads) {
    figures.push_back(figures_of(report, workload));
  }
  const std::string title = "Card report: " + report.device;
  std::string body = fmt::format("<header><h1>{}</h1>\n", escape(title));
  const bool counts_memory = std::ranges::all_of(report.workloads, &ReportedWorkload::counts_memory);
  body += counts_memory
              ? "<p class=\"dim\">Cycles include the memory's answers, and are those of completion records.</p>"
              : "<p class=\"dim\">HLS kernels count loop iterations at one a cycle, without memory: their cycles are "
                "a lower bound, and no stall by memory shows. hw_emu has cycles with memory in them.</p>";
  body += "</header>\n" + summary_section(report, figures) + rooflines(report, figures);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    body += workload_section(report, i, figures[i]);
  }
  return html::page(title, body + cards_section(report) + resources_section(report));
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
