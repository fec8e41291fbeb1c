// Another value: mostly another meaning.

#include <array>

#include "tests/property/mutation.h"
#include "tests/property/places.h"

namespace holdfast::property {
namespace {

bool IsString(const Pointer&, const Json& value) { return value.is_string(); }
bool IsNumber(const Pointer&, const Json& value) { return value.is_number_integer(); }
bool IsBoolean(const Pointer&, const Json& value) { return value.is_boolean(); }
bool IsScalar(const Pointer&, const Json& value) { return value.is_primitive(); }

template <typename Change>
bool AtOne(Random& random, Json& manifest, bool (*wanted)(const Pointer&, const Json&),
           Change change) {
  const auto places = Places(manifest, wanted);
  if (places.empty()) return false;
  change(manifest[random.Pick(places)]);
  return true;
}

bool ChangeString(Random& random, const Surroundings&, Json& manifest) {
  return AtOne(random, manifest, IsString, [&](Json& value) {
    constexpr std::array<const char*, 6> kTails = {"x", "-1", " ", "\n", "0", "\xC3\xA9"};
    value = value.get<std::string>() + random.Pick(kTails);
  });
}

bool ChangeNumber(Random& random, const Surroundings&, Json& manifest) {
  return AtOne(random, manifest, IsNumber, [&](Json& value) {
    value = value.get<std::int64_t>() + (random.OneIn(4) ? -1 : 1);
  });
}

bool FlipBoolean(Random& random, const Surroundings&, Json& manifest) {
  return AtOne(random, manifest, IsBoolean,
               [](Json& value) { value = !value.get<bool>(); });
}

/// "", 0 or false: what the server often does not keep apart from "not there".
bool Zero(Random& random, const Surroundings&, Json& manifest) {
  return AtOne(random, manifest, IsScalar, [](Json& value) {
    value = value.is_string()    ? Json("")
            : value.is_number()  ? Json(0)
            : value.is_boolean() ? Json(false)
                                 : value;
  });
}

/// 80 for "80", "80" for 80, true for "true".
bool FlipType(Random& random, const Surroundings&, Json& manifest) {
  return AtOne(random, manifest, IsScalar, [](Json& value) {
    if (!value.is_string()) {
      value = DumpJson(value);
    } else if (const auto read = ParseJson(value.get<std::string>()); read.ok()) {
      value = *read;
    }
  });
}

bool FloatForInteger(Random& random, const Surroundings&, Json& manifest) {
  return AtOne(random, manifest, IsNumber,
               [](Json& value) { value = value.get<double>(); });
}

/// The value of another scalar of the same manifest.
bool CopyScalar(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, IsScalar);
  if (places.size() < 2) return false;
  const Json value = manifest[random.Pick(places)];
  manifest[random.Pick(places)] = value;
  return true;
}

bool LongString(Random& random, const Surroundings&, Json& manifest) {
  return AtOne(random, manifest, IsString,
               [&](Json& value) { value = std::string(100 + random.Below(900), 'y'); });
}

bool HugeNumber(Random& random, const Surroundings&, Json& manifest) {
  return AtOne(random, manifest, IsNumber, [&](Json& value) {
    value = random.OneIn(2) ? Json(1e30) : Json(9223372036854775807);
  });
}

bool TouchLines(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, [](const Pointer&, const Json& value) {
    return value.is_string() &&
           value.get_ref<const std::string&>().find('\n') != std::string::npos;
  });
  if (places.empty()) return false;
  Json& value = manifest[random.Pick(places)];
  std::string text = value.get<std::string>();
  text.insert(text.find('\n'), random.OneIn(2) ? "\r" : "\nmore");
  value = text;
  return true;
}

constexpr Mutation kTable[] = {
    {"change a string", ChangeString},
    {"change a number", ChangeNumber},
    {"flip a boolean", FlipBoolean},
    {"zero a scalar", Zero},
    {"number as string, string as number", FlipType},
    {"float for an integer", FloatForInteger},
    {"copy a scalar elsewhere", CopyScalar},
    {"a long string", LongString},
    {"a huge number", HugeNumber},
    {"touch a text's lines", TouchLines},
};

}  // namespace

std::span<const Mutation> ScalarMutations() { return kTable; }

}  // namespace holdfast::property
