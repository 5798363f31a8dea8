// A roofline as SVG: operations a byte of channel traffic against operations a second, both logarithmic, with the two
// bounds (what the arithmetic starts, what the channels carry) and workloads as numbered points.
//
// Source:  Williams, Waterman, Patterson, "Roofline: An Insightful Visual Performance Model", CACM 2009.
#pragma once

#include <string>
#include <vector>

namespace proofcard::tools {

struct RooflinePoint {
  std::size_t number = 0;  // in its badge
  std::string name;        // what the pointer shows
  double intensity = 0;    // operations a byte
  double rate = 0;         // operations a second
};

struct Roofline {
  std::string operations;       // "additions"
  double peak_rate = 0;         // operations a second
  double bytes_per_second = 0;  // of all channels that are used
  std::string peak_label;       // along the flat roof
  std::string bandwidth_label;  // along the slope
  std::vector<RooflinePoint> points;

  // What a workload of this intensity can reach.
  double reach(double intensity) const;
};

// Pre: both bounds and all points are positive.
std::string roofline_svg(const Roofline& roofline);

}  // namespace proofcard::tools
