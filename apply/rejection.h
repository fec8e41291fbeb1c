// Rejection: the API server's "no" to one object, and why.
//
// Not an Error: the server was there, understood and declined. Which fields it
// names and which managers decides what people must do, so these are kept apart
// from the text. Made from a `Status` body (API reference, meta/v1 Status).

#pragma once

#include <string>
#include <vector>

namespace holdfast {

struct Rejection {
  enum class Kind {
    kUnknownField,   ///< A field that the kind does not have. Server-side apply says so with 500.
    kFieldConflict,  ///< Another field manager owns a field with another value (409).
    kInvalid,        ///< Validation, immutable fields among it (422, 400).
    kForbidden,      ///< RBAC, quota or an admission plugin said no (403).
    kNotFound,       ///< The namespace or the kind is not there (404).
    kConflict,       ///< uid or resourceVersion is not the present one (409).
    kAdmission,      ///< An admission webhook said no or did not answer.
    kOther,
  };
  struct Cause {
    std::string field;    ///< As the server writes it: ".spec.replicas", "spec.ports[0].port".
    std::string message;
    std::string manager;  ///< Of a kFieldConflict: who owns the field; else empty.
  };

  Kind kind = Kind::kOther;
  int http_status = 0;
  std::string message;  ///< The server's own words; may quote values: mask before showing.
  std::vector<Cause> causes;
};

}  // namespace holdfast
