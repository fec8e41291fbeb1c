#include "diff/engine_needs.h"

#include <algorithm>
#include <iterator>

namespace holdfast {
namespace {

constexpr EngineNeeds kNeeds[] = {
    {"MySQL", 60, false, false, {33061}, {3306, 33060}},
    {"MariaDB", 60, false, false, {4444, 4567, 4568}, {3306}},
    {"Percona Server", 60, false, false, {4444, 4567, 4568, 33061}, {3306, 33060}},
    {"Cassandra", 120, true, true, {7000, 7001}, {9042, 7199}},
    {"DataStax Enterprise", 120, true, true, {7000, 7001}, {9042, 7199}},
    {"Scylla", 120, true, true, {7000, 7001}, {9042, 7199}},
    {"PostgreSQL", 60, false, false, {}, {5432}},
    {"MongoDB", 0, false, true, {27017}, {27017}},
    {"Elasticsearch", 0, false, true, {9300}, {9200}},
    {"Redis", 0, false, false, {16379}, {6379}},
    {"Valkey", 0, false, false, {16379}, {6379}},
    {"etcd", 0, false, true, {2380}, {2379}},
};

}  // namespace

const EngineNeeds& NeedsOf(const Engine& engine) {
  static constexpr EngineNeeds kNone;
  const auto found =
      std::find_if(std::begin(kNeeds), std::end(kNeeds),
                   [&](const EngineNeeds& one) { return one.engine == engine.name; });
  return found == std::end(kNeeds) ? kNone : *found;
}

}  // namespace holdfast
