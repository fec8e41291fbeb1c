// Does the built-in table say what the API server says?
//
//   core_schema_agrees FOLDER
//
// FOLDER has the server's OpenAPI v3 documents, /openapi/v3/apis/apps/v1 as
// apis/apps/v1.json. Prints one line for each place where the table and the server
// merge in different ways, and the number of fields that were compared; exit status 1
// if there is such a place.

#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "diff/core_schema.h"
#include "diff/openapi_schema.h"

namespace holdfast {
namespace {

std::string Described(const Type& type) {
  switch (type.shape) {
    case Type::Shape::kUnknown: return "unknown";
    case Type::Shape::kScalar:
    case Type::Shape::kTime: return "a scalar";
    case Type::Shape::kQuantity: return "an amount";
    case Type::Shape::kBytes: return "base64";
    case Type::Shape::kStruct:
    case Type::Shape::kMap:
      return type.atomic() ? "an object that is replaced" : "an object that is merged";
    case Type::Shape::kList: break;
  }
  if (type.merge == Type::Merge::kByValue) return "a set";
  if (type.atomic()) return "a list that is replaced";
  std::string keys;
  for (const std::string& key : type.keys) keys += (keys.empty() ? "" : ",") + key;
  return "a list that is merged by " + keys;
}

/// True if a comparison needs to know the type: exactly and as a scalar, or merged by
/// keys as an object, is what it does with a type that it does not know.
bool Matters(const Type& type) {
  return type.shape == Type::Shape::kQuantity || type.shape == Type::Shape::kBytes ||
         type.is_list() || type.atomic();
}

class Check {
 public:
  void Kind(const Gvk& kind, const Type& table, const Type& server) {
    name_ = kind.ApiVersion() + " " + kind.kind;
    Members("", table, server);
  }

  int fields() const { return fields_; }
  int wrong() const { return wrong_; }

 private:
  void Both(const std::string& path, const Type* table, const Type* server) {
    if (!seen_.emplace(table, server).second) return;
    ++fields_;
    if (table->shape == Type::Shape::kUnknown) {
      if (Matters(*server)) Wrong(path, *table, *server);
      return Members(path, *table, *server);
    }
    if (Described(*table) != Described(*server)) return Wrong(path, *table, *server);
    Members(path, *table, *server);
    if (server->element != nullptr && server->element != server) {
      Both(path + "[]", &table->Element(), server->element);
    }
  }

  /// A member that the server does not have harms nothing: types are shared in the table.
  void Members(const std::string& path, const Type& table, const Type& server) {
    for (const auto& [name, member] : server.fields) {
      // The server's own, in templates too.
      if (name == "status" || name == "managedFields") continue;
      if (path.empty() && name == "metadata") continue;
      Both(path + "." + name, table.Member(name).type, member.type);
    }
  }

  void Wrong(const std::string& path, const Type& table, const Type& server) {
    std::cout << name_ << " " << path.substr(1) << ": " << Described(table) << " in the table, "
              << Described(server) << " for the server\n";
    ++wrong_;
  }

  std::string name_;
  std::set<std::pair<const Type*, const Type*>> seen_;
  int fields_ = 0;
  int wrong_ = 0;
};

int Run(const std::string& folder) {
  const CoreSchema table;
  Check check;
  std::map<std::string, Json> documents;
  for (const Gvk& kind : table.Kinds()) {
    const std::string file =
        folder + (kind.group.empty() ? "/api/" : "/apis/") + kind.ApiVersion() + ".json";
    if (!documents.contains(file)) {
      std::ifstream in(file, std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      auto json = ParseJson(text);
      if (!json.ok()) {
        std::cerr << file << ": " << json.error().message << "\n";
        return 2;
      }
      documents.emplace(file, std::move(json).value());
    }
    OpenApiSchema server;
    if (const Status learned = server.Learn(documents.at(file), kind); !learned.ok()) {
      std::cerr << learned.error().message << "\n";
      return 2;
    }
    check.Kind(kind, *table.Find(kind), *server.Find(kind));
  }
  std::cout << table.Kinds().size() << " kinds, " << check.fields() << " fields\n";
  return check.wrong() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace holdfast

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: core_schema_agrees FOLDER\n";
    return 2;
  }
  return holdfast::Run(argv[1]);
}
