#include "apply/enumerated.h"

#include <algorithm>

namespace holdfast {

std::string Enumerated(const std::vector<std::string>& names, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
    text += (text.empty() ? "" : ", ") + names[i];
  }
  if (names.size() > most)
    text += " and " + std::to_string(names.size() - most) + " more";
  return text;
}

}  // namespace holdfast
