// EngineNeeds: what a database engine needs of the pods and the network that it runs in.

#pragma once

#include <array>
#include <string_view>

#include "diff/engine.h"

namespace holdfast {

struct EngineNeeds {
  std::string_view engine;  ///< Engine::name.
  /// The least seconds that a clean shutdown takes; 0 where nothing is known.
  int shutdown_seconds = 0;
  /// True if two members that join at once disagree about who has which data.
  bool joins_one_by_one = false;
  /// True if it serves only while most of its members are there.
  bool needs_majority = false;
  /// The TCP ports of its members among themselves and of its clients; 0 fills up.
  std::array<int, 4> peer_ports{};
  std::array<int, 3> client_ports{};
};

/// Of an engine without a row: nothing is needed.
///
///   shutdown  Cassandra: a drain flushes every memtable, conf/cassandra.yaml; the example
///             of Kubernetes gives it 1800 s. MySQL: refman 8.4 "innodb_fast_shutdown";
///             60 s is our floor and no promise.
///   joining   Cassandra: "Other bootstrapping/leaving/moving nodes detected", NEWS.txt
///             2.1, cassandra.consistent.rangemovement
///   majority  Cassandra: QUORUM of three replicas; etcd, MongoDB, Elasticsearch: election
///   ports     Cassandra: conf/cassandra.yaml and cassandra-env.sh; MySQL: refman 8.4
///             "MySQL Port Reference Tables"; MariaDB: "Configuring MariaDB Galera
///             Cluster"; the others: the default configuration of each
const EngineNeeds& NeedsOf(const Engine& engine);

}  // namespace holdfast
