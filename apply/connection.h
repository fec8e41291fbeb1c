// Connection: where an API server is, whom it must prove to be, and who we are.

#pragma once

#include <functional>
#include <string>

#include "diff/result.h"

namespace holdfast {

struct Connection {
  std::string server;  ///< "https://10.0.0.1:6443", perhaps with a path behind it.
  std::string
      tls_server_name;  ///< The name that its certificate must bear, if not the host's.

  std::string ca_pem;              ///< Whom to trust; empty: the system's authorities.
  std::string ca_name;             ///< Where `ca_pem` is from, for messages.
  bool skip_verification = false;  ///< insecure-skip-tls-verify: any certificate will do.

  std::string client_certificate_pem;
  std::string client_key_pem;
  /// The bearer token of now, asked for again with every batch of requests, since
  /// a Pod's token is replaced while it runs. Empty function: none.
  std::function<Result<std::string>()> token;
  std::string user_name;  ///< HTTP basic authentication; empty: none.
  std::string password;

  /// As whom each request is sent (Impersonate-User), "system:serviceaccount:<namespace>:
  /// <name>"; empty: as ourselves. The API server asks whether we may.
  std::string impersonate;

  /// Who we are and until when, for people: "user admin, client certificate
  /// admin, valid until 2027-01-31". Never a secret.
  std::string identity;
  std::string name_space;  ///< Of the context; "default" if it names none.
};

}  // namespace holdfast
