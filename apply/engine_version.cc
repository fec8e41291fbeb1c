#include "apply/engine_version.h"

#include <array>
#include <utility>

namespace holdfast {
namespace {

using Series = std::pair<int, int>;

/// MySQL's long-term series, oldest first. Data go from one to the next, and from one to
/// the innovation releases before the next.
constexpr std::array<Series, 5> kMysqlLongTerm = {
    {{5, 6}, {5, 7}, {8, 0}, {8, 4}, {9, 7}}};

VersionStep Ok() { return {Ruling::kOk, ""}; }
VersionStep Refuse(std::string reason) { return {Ruling::kRefuse, std::move(reason)}; }
VersionStep Ask(std::string reason) { return {Ruling::kApproval, std::move(reason)}; }

Series SeriesOf(const EngineVersion& version) { return {version.major, version.minor}; }

/// The place of the newest long-term series that is not above `series`, or -1; and
/// whether it is that one.
std::pair<int, bool> LongTermOf(Series series) {
  int found = -1;
  for (std::size_t i = 0; i < kMysqlLongTerm.size(); ++i) {
    if (kMysqlLongTerm[i] <= series) found = static_cast<int>(i);
  }
  const bool exact =
      found >= 0 && kMysqlLongTerm[static_cast<std::size_t>(found)] == series;
  return {found, exact};
}

VersionStep MysqlPatchDown(const EngineVersion& from, const EngineVersion& to) {
  const Series series = SeriesOf(from);
  constexpr int kFirstThatGoesBack = 35;  // Of 8.0.
  const bool works = series >= Series{8, 4} ||
                     (series == Series{8, 0} && to.patch >= kFirstThatGoesBack);
  if (!LongTermOf(series).second || !works) {
    return Refuse(
        "MySQL of this series does not open data that a later release has written");
  }
  return Ok();
}

VersionStep Mysql(const EngineVersion& from, const EngineVersion& to) {
  const Series before = SeriesOf(from);
  const Series after = SeriesOf(to);
  if (before == after) {
    const bool down = from.patch >= 0 && to.patch >= 0 && to.patch < from.patch;
    return down ? MysqlPatchDown(from, to) : Ok();
  }
  if (after < before) {
    return Refuse(
        "MySQL does not open data that a later series has written; only a dump or "
        "replication goes back");
  }
  const auto [start, from_long_term] = LongTermOf(before);
  const auto [goal, to_long_term] = LongTermOf(after);
  const bool known = start >= 0 && (after <= kMysqlLongTerm.back());
  if (!known) return Refuse("this release is not in the table of MySQL's upgrade paths");
  if (!from_long_term) {
    return Refuse(
        "it starts from an innovation release, and MySQL is upgraded to the next "
        "series from a long-term release only");
  }
  const int steps = goal - start;
  if (steps > 1 || (steps == 1 && !to_long_term)) {
    const Series next = kMysqlLongTerm[static_cast<std::size_t>(start) + 1];
    return Refuse("it skips a long-term series: MySQL wants to run as " +
                  std::to_string(next.first) + "." + std::to_string(next.second) +
                  " first");
  }
  return Ask(
      "MySQL rewrites its data dictionary at the first start, and there is no way "
      "back but a dump");
}

VersionStep Mariadb(const EngineVersion& from, const EngineVersion& to) {
  if (SeriesOf(to) < SeriesOf(from)) {
    return Refuse(
        "MariaDB does not open data that a later series has written; only a dump "
        "or replication goes back");
  }
  if (SeriesOf(to) > SeriesOf(from)) {
    return Ask(
        "MariaDB upgrades its data at the first start, and there is no way back but a "
        "dump");
  }
  if (from.patch >= 0 && to.patch >= 0 && to.patch < from.patch) {
    return Ask("MariaDB does not promise to open data that a later release has written");
  }
  return Ok();
}

VersionStep Cassandra(const EngineVersion& from, const EngineVersion& to) {
  if (SeriesOf(to) < SeriesOf(from)) {
    return Refuse("Cassandra does not read the tables that a later release has written");
  }
  if (to.major > from.major + 1) {
    return Refuse(
        "it skips a major version: Cassandra reads the tables of the one before "
        "its own only");
  }
  if (SeriesOf(to) > SeriesOf(from)) {
    return Ask(
        "the tables that it writes cannot be read by the old release: take a snapshot "
        "of each node first, and run nodetool upgradesstables afterwards");
  }
  if (from.patch >= 0 && to.patch >= 0 && to.patch < from.patch) {
    return Ask("an earlier patch release may not know what this one has written");
  }
  return Ok();
}

VersionStep Postgres(const EngineVersion& from, const EngineVersion& to) {
  // Before 10 the first two parts were the major version.
  const bool same =
      from.major == to.major && (from.major >= 10 || from.minor == to.minor);
  if (same) return Ok();
  return Refuse(
      "PostgreSQL opens no data of another major version; that takes pg_upgrade, or "
      "a dump and a new claim");
}

VersionStep Other(const EngineVersion& from, const EngineVersion& to) {
  if (SeriesOf(to) < SeriesOf(from)) {
    return Refuse("an older server may not open the data, or spoil them");
  }
  if (to.major > from.major) return Ask("it may upgrade its data, with no way back");
  return Ok();
}

}  // namespace

std::string EngineVersion::ToString() const {
  std::string text = std::to_string(major);
  if (minor >= 0) text += "." + std::to_string(minor);
  if (minor >= 0 && patch >= 0) text += "." + std::to_string(patch);
  return text;
}

std::string_view TagOf(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const auto slash = image.rfind('/');
  if (slash != std::string_view::npos) image.remove_prefix(slash + 1);
  const auto colon = image.find(':');
  return colon == std::string_view::npos ? std::string_view() : image.substr(colon + 1);
}

std::optional<EngineVersion> ParseEngineVersion(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  EngineVersion version;
  for (int* part : {&version.major, &version.minor, &version.patch}) {
    constexpr std::size_t kMostDigits = 6;  // A date is no version.
    std::size_t digits = 0;
    int number = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
      if (digits < kMostDigits) number = number * 10 + (text[digits] - '0');
      ++digits;
    }
    if (digits == 0 || digits > kMostDigits) break;
    *part = number;
    text.remove_prefix(digits);
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  if (version.major < 0) return std::nullopt;
  return version;
}

VersionStep JudgeVersionStep(const Engine& engine, const EngineVersion& from,
                             const EngineVersion& to) {
  if (from == to) return Ok();
  const std::string_view name = engine.name;
  const bool by_major = name == "PostgreSQL" && from.major >= 10 && to.major >= 10;
  if (!by_major && (from.minor < 0 || to.minor < 0)) {
    return Refuse(
        "the tag does not say which series it is, so neither whether the data can "
        "be opened");
  }
  if (name == "MySQL" || name == "Percona Server") return Mysql(from, to);
  if (name == "MariaDB") return Mariadb(from, to);
  if (name == "Cassandra" || name == "DataStax Enterprise") return Cassandra(from, to);
  if (name == "PostgreSQL") return Postgres(from, to);
  return Other(from, to);
}

}  // namespace holdfast
