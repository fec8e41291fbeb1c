#include "diff/engine.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace holdfast {
namespace {

struct KnownImage {
  std::string_view beginning;  ///< Of the image's name.
  Engine engine;
};

// The data directories are those that the images declare as their volumes.
constexpr KnownImage kImages[] = {
    {"mysql", {"MySQL", "/var/lib/mysql", false}},
    {"community-server", {"MySQL", "/var/lib/mysql", false}},
    {"mariadb", {"MariaDB", "/var/lib/mysql", false}},
    {"percona", {"Percona Server", "/var/lib/mysql", false}},
    {"cassandra", {"Cassandra", "/var/lib/cassandra", true}},
    {"cass-management-api", {"Cassandra", "/var/lib/cassandra", true}},
    {"dse-", {"DataStax Enterprise", "/var/lib/cassandra", true}},
    {"scylla", {"Scylla", "/var/lib/scylla", true}},
    {"postgresql", {"PostgreSQL", "", false}},
    {"postgres", {"PostgreSQL", "/var/lib/postgresql/data", false}},
    {"mongodb", {"MongoDB", "", false}},
    {"mongo", {"MongoDB", "/data/db", false}},
    {"elasticsearch", {"Elasticsearch", "/usr/share/elasticsearch/data", false}},
    {"redis", {"Redis", "/data", false}},
    {"valkey", {"Valkey", "/data", false}},
    {"etcd", {"etcd", "", true}},
};

constexpr Engine kVitess = {"Vitess", "", false};

constexpr std::array<std::string_view, 12> kBeside = {
    "exporter", "operator", "backup", "client", "router", "proxy",
    "reaper",   "medusa",   "init",   "tools",  "shell",  "express"};

}  // namespace

std::string_view ImageName(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const auto slash = image.rfind('/');
  if (slash != std::string_view::npos) image.remove_prefix(slash + 1);
  return image.substr(0, image.find(':'));
}

const Engine* EngineOfImage(std::string_view image) {
  const std::string_view name = ImageName(image);
  const bool beside = std::any_of(kBeside.begin(), kBeside.end(), [&](std::string_view word) {
    return name.find(word) != std::string_view::npos;
  });
  if (beside) return nullptr;
  if (name == "lite" && image.find("vitess/") != std::string_view::npos) return &kVitess;
  const auto found =
      std::find_if(std::begin(kImages), std::end(kImages),
                   [&](const KnownImage& known) { return name.starts_with(known.beginning); });
  return found == std::end(kImages) ? nullptr : &found->engine;
}

}  // namespace holdfast
