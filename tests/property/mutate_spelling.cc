// Another spelling: mostly the same meaning.

#include <algorithm>
#include <array>
#include <optional>

#include "diff/base64.h"
#include "diff/quantity.h"
#include "tests/property/mutation.h"
#include "tests/property/places.h"

namespace holdfast::property {
namespace {

/// Texts that read as amounts and have a digit; the server knows which are.
bool IsAmount(const Pointer&, const Json& value) {
  return (value.is_string() || value.is_number()) &&
         Quantity::FromJson(value).has_value();
}

/// An amount, written as `count` of `unit`, if that is a short number.
std::optional<std::string> Times(const Quantity& amount, std::string_view unit,
                                 long long factor_up, long long factor_down) {
  // Exact: the text of one amount in units is tried until it reads as the amount.
  const std::string plain = amount.ToString();
  if (plain.size() > 15 || plain.find('e') != std::string::npos) return std::nullopt;
  const double count = std::stod(plain) * static_cast<double>(factor_up) /
                       static_cast<double>(factor_down);
  if (count != static_cast<double>(static_cast<long long>(count))) return std::nullopt;
  std::string text = std::to_string(static_cast<long long>(count)) + std::string(unit);
  const auto read = Quantity::Parse(text);
  if (!read || *read != amount) return std::nullopt;
  return text;
}

bool RespellQuantity(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, IsAmount);
  if (places.empty()) return false;
  Json& value = manifest[random.Pick(places)];
  const Quantity amount = *Quantity::FromJson(value);
  const std::string plain = amount.ToString();
  std::vector<std::string> texts = {plain};
  if (plain.find('e') == std::string::npos) {
    texts.push_back("+" + plain);
    texts.push_back("00" + plain);
    if (plain.find('.') == std::string::npos) texts.push_back(plain + ".0");
    texts.push_back(plain + "e0");
    texts.push_back(plain + "E+0");
  }
  struct Unit {
    const char* name;
    long long up, down;
  };
  constexpr std::array<Unit, 11> kUnits = {{{"n", 1'000'000'000, 1},
                                            {"u", 1'000'000, 1},
                                            {"m", 1000, 1},
                                            {"k", 1, 1000},
                                            {"M", 1, 1'000'000},
                                            {"G", 1, 1'000'000'000},
                                            {"Ki", 1, 1024},
                                            {"Mi", 1, 1 << 20},
                                            {"Gi", 1, 1 << 30},
                                            {"e3", 1, 1000},
                                            {"e-3", 1000, 1}}};
  for (const Unit& unit : kUnits) {
    if (const auto text = Times(amount, unit.name, unit.up, unit.down)) {
      texts.push_back(*text);
    }
  }
  value = random.Pick(texts);
  return true;
}

bool QuantityAsNumber(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, [](const Pointer& at, const Json& value) {
    return value.is_string() && IsAmount(at, value);
  });
  if (places.empty()) return false;
  Json& value = manifest[random.Pick(places)];
  const auto read = ParseJson(Quantity::FromJson(value)->ToString());
  if (!read.ok()) return false;
  value = *read;
  return true;
}

bool NudgeQuantity(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, [](const Pointer& at, const Json& value) {
    return value.is_string() && IsAmount(at, value);
  });
  if (places.empty()) return false;
  Json& value = manifest[random.Pick(places)];
  value = "1" + value.get<std::string>();
  return true;
}

/// 30s as 0m30s, 90s as 1m30s.
bool RespellDuration(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, [](const Pointer&, const Json& value) {
    if (!value.is_string()) return false;
    const auto& text = value.get_ref<const std::string&>();
    return text.size() > 1 && text.size() < 6 && text.back() == 's' &&
           std::all_of(text.begin(), text.end() - 1,
                       [](char c) { return c >= '0' && c <= '9'; });
  });
  if (places.empty()) return false;
  Json& value = manifest[random.Pick(places)];
  const int seconds = std::stoi(value.get<std::string>());
  const std::string minutes =
      std::to_string(seconds / 60) + "m" + std::to_string(seconds % 60) + "s";
  value = random.OneIn(2) ? minutes : std::to_string(seconds * 1000) + "ms";
  return true;
}

/// A time in another zone, or with a fraction.
bool RespellTime(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, [](const Pointer&, const Json& value) {
    if (!value.is_string()) return false;
    const auto& text = value.get_ref<const std::string&>();
    return text.size() >= 20 && text[4] == '-' && text[10] == 'T' && text.back() == 'Z';
  });
  if (places.empty()) return false;
  Json& value = manifest[random.Pick(places)];
  std::string text = value.get<std::string>();
  text.pop_back();
  constexpr std::array<const char*, 4> kTails = {"+00:00", "-00:00", "+01:00",
                                                 ".000000Z"};
  value = text + random.Pick(kTails);
  return true;
}

bool RespellIp(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, [](const Pointer&, const Json& value) {
    if (!value.is_string()) return false;
    const auto& text = value.get_ref<const std::string&>();
    return text.size() < 44 && std::count(text.begin(), text.end(), ':') >= 2 &&
           text.find_first_not_of("0123456789abcdefABCDEF:./") == std::string::npos;
  });
  if (places.empty()) return false;
  Json& value = manifest[random.Pick(places)];
  std::string text = value.get<std::string>();
  if (const auto gap = text.find("::"); gap != std::string::npos && random.OneIn(2)) {
    text.insert(gap + 1, "0");
  } else {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
      return static_cast<char>(c >= 'a' && c <= 'f' ? c - 32 : c);
    });
  }
  value = text;
  return true;
}

bool IsSecret(const Json& manifest) {
  return StringIn(manifest, "kind") == "Secret" &&
         StringIn(manifest, "apiVersion") == "v1";
}

/// A value moves between data and stringData.
bool MoveSecretValue(Random& random, const Surroundings&, Json& manifest) {
  if (!IsSecret(manifest)) return false;
  const bool to_text = random.OneIn(2);
  const char* from = to_text ? "data" : "stringData";
  const Json values = MapIn(manifest, from);
  if (values.empty()) return false;
  std::vector<std::string> keys;
  for (const auto& [key, value] : values.items()) {
    if (value.is_string()) keys.push_back(key);
  }
  if (keys.empty()) return false;
  const std::string& key = random.Pick(keys);
  const auto value = values[key].get<std::string>();
  const auto bytes = DecodeBase64(value);
  if (to_text && !bytes.ok()) return false;
  // Text that is no UTF-8 cannot be stringData.
  if (to_text && DumpJson(Json(*bytes)).find("\xEF\xBF\xBD") != std::string::npos) {
    return false;
  }
  if (!random.OneIn(4)) manifest[from].erase(key);  // Else it stands in both.
  manifest[to_text ? "stringData" : "data"][key] = to_text ? *bytes : EncodeBase64(value);
  return true;
}

bool BreakBase64(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, [](const Pointer& at, const Json& value) {
    const std::string path = at.to_string();
    return value.is_string() &&
           (path.starts_with("/data/") || path.starts_with("/binaryData/"));
  });
  if (!IsSecret(manifest) || places.empty()) return false;
  Json& value = manifest[random.Pick(places)];
  std::string text = value.get<std::string>();
  text.insert(random.Below(text.size() + 1), random.OneIn(2) ? "\n" : "\r\n");
  value = text;
  return true;
}

/// A field that the server has filled in is written out, with what it says.
bool WriteOutDefault(Random& random, const Surroundings& around, Json& manifest) {
  const auto places = Places(around.live, [&](const Pointer& at, const Json&) {
    const std::string path = at.to_string();
    if (path.starts_with("/metadata/") && !path.starts_with("/metadata/annotations/")) {
      return false;
    }
    const Json* parent = At(manifest, at.parent_pointer());
    return !path.starts_with("/status") && parent != nullptr && parent->is_object() &&
           !parent->contains(at.back());
  });
  if (places.empty()) return false;
  const Pointer& at = random.Pick(places);
  manifest[at] = around.live[at];
  return true;
}

/// As `kubectl get -o yaml` shows it, the server's own fields taken out.
bool Export(Random& random, const Surroundings& around, Json& manifest) {
  manifest = around.live;
  for (const char* key : {"managedFields", "resourceVersion", "uid", "generation"}) {
    manifest["metadata"].erase(key);
  }
  if (random.OneIn(2)) manifest["metadata"].erase("creationTimestamp");
  if (random.OneIn(2)) manifest.erase("status");
  return true;
}

bool TemplateTimestamp(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, [](const Pointer& at, const Json& value) {
    return value.is_object() && LastStep(at) == "metadata";
  });
  Json& metadata = places.empty() ? manifest["metadata"] : manifest[random.Pick(places)];
  metadata["creationTimestamp"] = nullptr;
  return true;
}

constexpr Mutation kTable[] = {
    {"respell a quantity", RespellQuantity, 3},
    {"a quantity as a number", QuantityAsNumber},
    {"another quantity", NudgeQuantity},
    {"respell a duration", RespellDuration},
    {"respell a time", RespellTime},
    {"respell an address", RespellIp},
    {"move a Secret's value", MoveSecretValue},
    {"break base64 into lines", BreakBase64},
    {"write out a default", WriteOutDefault, 4},
    {"export from the server", Export, 3},
    {"a null creationTimestamp", TemplateTimestamp},
};

}  // namespace

std::span<const Mutation> SpellingMutations() { return kTable; }

}  // namespace holdfast::property
