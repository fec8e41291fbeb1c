// SignatureCheck: who signed a text, by a list of people who may.
//
// The programs that Git itself asks are asked here: ssh-keygen for SSH signatures, gpgv
// for OpenPGP. They know every key type, certificates, revoked and expired keys and the
// format of their own files, are kept by others, and neither uses a network, an agent or
// a home.

#pragma once

#include <string>
#include <vector>

namespace holdfast {

/// Whose signatures count. Neither file: signatures are not asked for.
struct SignaturePolicy {
  std::string allowed_signers;  ///< File of SSH keys: ssh-keygen(1), ALLOWED SIGNERS.
  std::string keyring;          ///< File of OpenPGP keys, as `gpg --export` writes it.

  bool asked() const { return !(allowed_signers.empty() && keyring.empty()); }
};

struct Signer {
  /// How the list calls the one who signed: principals, or the mail address of an OpenPGP
  /// user id. Empty where nobody counts.
  std::vector<std::string> names;
  std::string why_not;  ///< A clause, where nobody counts.
};

/// Who made `signature` over `text`, as Git signs a commit. Nobody: no signature, one
/// that does not fit the text, by a key that is on neither list, or whose time is over
/// now, or of a line of the list that names several people by a pattern.
Signer WhoSigned(const std::string& signature, const std::string& text,
                 const SignaturePolicy& policy);

}  // namespace holdfast
