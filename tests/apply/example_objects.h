// MySQL with WordPress, and Cassandra, as the example repository has them, in brief.

#pragma once

#include <vector>

#include "tests/apply/plan_input.h"

namespace holdfast {

inline Object LocalPath() {
  return Make(
      "storage.k8s.io/v1 StorageClass local-path",
      "'provisioner':'rancher.io/"
      "local-path','volumeBindingMode':'WaitForFirstConsumer','reclaimPolicy':'Retain'");
}

inline Object Claim(const std::string& name, const std::string& status = "") {
  return Make("v1 PersistentVolumeClaim default/" + name,
              "'spec':{'storageClassName':'local-path','accessModes':['ReadWriteOnce'],'"
              "resources':{'requests':{'storage':'20Gi'}}" +
                  std::string(status.empty() ? "" : ",'volumeName':'pv-" + name + "'") +
                  "}" + (status.empty() ? "" : ",'status':{" + status + "}"));
}

inline const char* kBound = "'phase':'Bound','capacity':{'storage':'20Gi'}";

inline Object MysqlSecret() {
  return Make("v1 Secret default/mysql-root-password", "'stringData':{'password':'x'}");
}

inline Object Mysql(
    const std::string& spec = "'replicas':1,'strategy':{'type':'Recreate'}",
    const std::string& mount = "'name':'data','mountPath':'/var/lib/mysql'",
    const std::string& source = "'persistentVolumeClaim':{'claimName':'mysql'}",
    const std::string& status = "") {
  return Make(
      "apps/v1 Deployment default/wordpress-mysql",
      "'spec':{" + spec + (spec.empty() ? "" : ",") +
          "'selector':{'matchLabels':{'app':'wordpress','tier':'mysql'}},'template':{'"
          "metadata':{'labels':{'app':'wordpress','tier':'mysql'}},'spec':{'containers':["
          "{'name':'mysql','image':'mysql:8.4.3','env':[{'name':'MYSQL_ROOT_PASSWORD','"
          "valueFrom':{'secretKeyRef':{'name':'mysql-root-password','key':'password'}}},{"
          "'name':'MYSQL_DATABASE','value':'wordpress'}],'volumeMounts':[{" +
          mount + "}]}],'volumes':[{'name':'data'," + source + "}]}}}" +
          (status.empty() ? "" : ",'status':{" + status + "}"));
}

inline Object MysqlService() {
  return Make("v1 Service default/wordpress-mysql",
              "'spec':{'clusterIP':'None','ports':[{'port':3306}],'selector':{'app':'"
              "wordpress','tier':'mysql'}}");
}

inline Object Wordpress() {
  return Make(
      "apps/v1 Deployment default/wordpress",
      "'spec':{'strategy':{'type':'Recreate'},'selector':{'matchLabels':{'app':'"
      "wordpress','tier':'frontend'}},'template':{'metadata':{'labels':{'app':'wordpress'"
      ",'tier':'frontend'}},'spec':{'containers':[{'name':'wordpress','image':'wordpress:"
      "6.7','env':[{'name':'WORDPRESS_DB_HOST','value':'wordpress-mysql'},{'name':'"
      "WORDPRESS_DB_PASSWORD','valueFrom':{'secretKeyRef':{'name':'mysql-root-password','"
      "key':'password'}}}],'volumeMounts':[{'name':'data','mountPath':'/var/www/"
      "html'}]}],'volumes':[{'name':'data','persistentVolumeClaim':{'claimName':'"
      "wordpress'}}]}}}");
}

inline Object WordpressService() {
  return Make("v1 Service default/wordpress",
              "'spec':{'type':'LoadBalancer','ports':[{'port':80}],'selector':{'app':'"
              "wordpress','tier':'frontend'}}");
}

inline Object CassandraService() {
  return Make("v1 Service default/cassandra",
              "'spec':{'clusterIP':'None','selector':{'app':'cassandra'}}");
}

inline Object Cassandra(const std::string& spec = "'replicas':3",
                        const std::string& name = "cassandra",
                        const std::string& status = "'readyReplicas':999") {
  return Make("apps/v1 StatefulSet default/" + name,
              "'spec':{" + spec + (spec.empty() ? "" : ",") +
                  "'serviceName':'cassandra','selector':{'matchLabels':{'app':'cassandra'"
                  "}},'template':{'metadata':{'labels':{'app':'cassandra'}},'spec':{'"
                  "containers':[{'name':'cassandra','image':'cassandra:4.1.7','"
                  "readinessProbe':{'tcpSocket':{'port':9042}},'env':[{'"
                  "name':'CASSANDRA_SEEDS','value':'cassandra-0.cassandra.default.svc."
                  "cluster.local'}],'volumeMounts':[{'name':'data','mountPath':'/var/lib/"
                  "cassandra'}]}]}},'volumeClaimTemplates':[{'metadata':{'name':'data'},'"
                  "spec':{'storageClassName':'local-path','resources':{'requests':{'"
                  "storage':'10Gi'}}}}]}" +
                  (status.empty() ? "" : ",'status':{" + status + "}"));
}

inline Object CassandraBudget() {
  return Make(
      "policy/v1 PodDisruptionBudget default/cassandra",
      "'spec':{'maxUnavailable':1,'selector':{'matchLabels':{'app':'cassandra'}}}");
}

inline std::vector<Object> Example() {
  return {WordpressService(), Wordpress(),    Cassandra(),
          CassandraBudget(),  Mysql(),        MysqlService(),
          LocalPath(),        Claim("mysql"), Claim("wordpress"),
          CassandraService(), MysqlSecret()};
}

}  // namespace holdfast
