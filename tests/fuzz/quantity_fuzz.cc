// Two texts, split at the first line break, read as quantities.
//
// Properties: a quantity prints as a text that reads as the same quantity; the
// order is one (exactly one of <, ==, > holds, and it turns round with its
// sides); adding a leading zero or a "+" changes nothing.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "diff/quantity.h"

namespace {

using holdfast::Quantity;

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckOne(std::string_view text, const Quantity& quantity) {
  const auto again = Quantity::Parse(quantity.ToString());
  Require(again.has_value() && *again == quantity);
  Require(again->ToString() == quantity.ToString());
  Require((quantity <=> quantity) == 0);
  Require(!(quantity.negative() && quantity.is_zero()));
  const bool has_sign = text[0] == '-' || text[0] == '+';
  if (has_sign || text.size() + 1 > Quantity::kMaxLength) return;
  for (const char* head : {"0", "+"}) {
    const auto same = Quantity::Parse(head + std::string(text));
    Require(same.has_value() && *same == quantity);
  }
  const auto opposite = Quantity::Parse("-" + std::string(text));
  Require(opposite.has_value() && (*opposite == quantity) == quantity.is_zero());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t split = input.find('\n');
  const std::string_view first = input.substr(0, split);
  const std::string_view second =
      split == std::string_view::npos ? std::string_view() : input.substr(split + 1);
  const auto a = Quantity::Parse(first);
  const auto b = Quantity::Parse(second);
  if (a) CheckOne(first, *a);
  if (b) CheckOne(second, *b);
  if (!a || !b) return 0;
  const int holds = (*a < *b ? 1 : 0) + (*a == *b ? 1 : 0) + (*a > *b ? 1 : 0);
  Require(holds == 1);
  Require((*a < *b) == (*b > *a));
  return 0;
}
