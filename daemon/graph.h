// Graph: the order of a plan, drawn as Mermaid or DOT.

#pragma once

#include <string>

#include "apply/plan.h"

namespace holdfast {

enum class GraphFormat { kMermaid, kDot };

/// Every object as a node in the box of its wave, every reference among them as
/// an arrow from what must come first to what waits for it; soft ones dotted.
/// The same plan gives the same text.
std::string DrawGraph(const Plan& plan, GraphFormat format);

}  // namespace holdfast
