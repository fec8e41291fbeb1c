#include "repo-layout/signature_check.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include "diff/value_text.h"
#include "repo-layout/child_process.h"

namespace holdfast {
namespace {

constexpr const char* kSignature = "/dev/fd/3";  // The first file of ProcessCall::files.

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

Signer Nobody(std::string why) { return {{}, std::move(why)}; }

/// The tool's own first words on why not, fit to be shown.
std::string FirstWords(const ProcessEnd& end) {
  const auto lines = Lines(end.err.empty() ? end.out : end.err);
  return lines.empty() ? "no reason given" : Printable(lines.front());
}

/// "SHA256:...", as ssh-keygen names a key; "" if it does not.
std::string Fingerprint(const std::string& words) {
  const auto at = words.find("SHA256:");
  return at == words.npos ? "" : words.substr(at, words.find_first_of(" \n", at) - at);
}

Signer WhoSignedSsh(const std::string& signature, const std::string& text,
                    const SignaturePolicy& policy) {
  if (policy.allowed_signers.empty()) {
    return Nobody("it is signed by an SSH key, and there is no file of allowed signers");
  }
  const auto ask = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"ssh-keygen", "-Y"});
    arguments.insert(arguments.end(), {"-s", kSignature});
    return RunProcess(
        {.arguments = std::move(arguments), .input = text, .files = {signature}});
  };
  const auto fits = ask({"check-novalidate", "-n", "git"});
  if (!fits.ok())
    return Nobody("its signature cannot be checked: " + fits.error().message);
  if (fits->status != 0) {
    return Nobody("its signature does not fit it: it was altered after it was signed (" +
                  FirstWords(*fits) + ")");
  }
  const std::string key = "it is signed by the key " + Fingerprint(fits->out + fits->err);
  const auto found = ask({"find-principals", "-f", policy.allowed_signers});
  if (!found.ok()) return Nobody(found.error().message);
  std::vector<std::string> names =
      found->status == 0 ? Lines(found->out) : std::vector<std::string>{};
  if (names.empty()) {
    return Nobody(key + ", which is no allowed signer's (" + FirstWords(*found) + ")");
  }
  for (const std::string& name : names) {
    if (name.find_first_of("*?!") == name.npos) continue;
    return Nobody(key + ", whose line in the allowed signers names a pattern, " +
                  Printable(name) + ": who it was cannot be told");
  }
  // The only question that counts; those before are for the words of a no.
  const auto good =
      ask({"verify", "-n", "git", "-f", policy.allowed_signers, "-I", names.front()});
  if (!good.ok()) return Nobody(good.error().message);
  if (good->status != 0) {
    return Nobody(key + " of " + Printable(names.front()) + ", which does not count (" +
                  FirstWords(*good) + ")");
  }
  return {std::move(names), ""};
}

/// What gpgv says for programs: keyword and the rest of each line, by keyword.
std::multimap<std::string, std::string> StatusLines(const std::string& text) {
  constexpr std::string_view kMark = "[GNUPG:] ";
  std::multimap<std::string, std::string> said;
  for (const std::string& line : Lines(text)) {
    if (!line.starts_with(kMark)) continue;
    const std::string rest = line.substr(kMark.size());
    const auto blank = std::min(rest.find(' '), rest.size());
    said.emplace(rest.substr(0, blank), rest.substr(std::min(blank + 1, rest.size())));
  }
  return said;
}

/// "alice@example.com" of "A052CE7C9595A6CC Alice <alice@example.com>".
std::string MailOf(const std::string& user_id) {
  const auto begin = user_id.rfind('<');
  const auto end = user_id.rfind('>');
  if (begin == user_id.npos || end == user_id.npos || end < begin) return "";
  return user_id.substr(begin + 1, end - begin - 1);
}

/// gpgv looks for a bare name in a home that is not ours.
std::string InFull(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::absolute(path, ignored).string();
}

Signer WhoSignedPgp(const std::string& signature, const std::string& text,
                    const SignaturePolicy& policy) {
  if (policy.keyring.empty()) {
    return Nobody(
        "it is signed by an OpenPGP key, and there is no keyring of allowed signers");
  }
  const auto end = RunProcess({.arguments = {"gpgv", "--status-fd", "1", "--keyring",
                                             InFull(policy.keyring), kSignature, "-"},
                               .input = text,
                               .files = {signature}});
  if (!end.ok()) return Nobody("its signature cannot be checked: " + end.error().message);
  const auto said = StatusLines(end->out);
  // The exit status alone is no answer: gpgv ends with 0 for a key that has expired.
  struct Bad {
    const char* keyword;
    const char* why;
  };
  constexpr Bad kBad[] = {
      {"BADSIG", "its signature does not fit it: it was altered after it was signed"},
      {"EXPKEYSIG", "it is signed by a key that has expired"},
      {"REVKEYSIG", "it is signed by a key that was revoked"},
      {"EXPSIG", "its signature has expired"},
      {"NO_PUBKEY", "it is signed by a key that is no allowed signer's"},
      {"ERRSIG", "its signature cannot be checked"}};
  for (const Bad& bad : kBad) {
    const auto found = said.find(bad.keyword);
    if (found != said.end()) {
      return Nobody(std::string(bad.why) + " (" + Printable(found->second) + ")");
    }
  }
  const auto good = said.find("GOODSIG");
  const bool sure = end->status == 0 && good != said.end() &&
                    said.count("GOODSIG") == 1 && said.count("NEWSIG") == 1 &&
                    said.count("VALIDSIG") == 1;
  if (!sure) return Nobody("its signature cannot be checked (" + FirstWords(*end) + ")");
  const std::string mail = MailOf(good->second);
  if (mail.empty()) {
    return Nobody(
        "it is signed by a key without a mail address, so who it was cannot be "
        "told (" +
        Printable(good->second) + ")");
  }
  return {{mail}, ""};
}

}  // namespace

Signer WhoSigned(const std::string& signature, const std::string& text,
                 const SignaturePolicy& policy) {
  if (signature.empty()) return Nobody("it is not signed");
  if (signature.starts_with("-----BEGIN SSH SIGNATURE-----")) {
    return WhoSignedSsh(signature, text, policy);
  }
  if (signature.starts_with("-----BEGIN PGP SIGNATURE-----") ||
      signature.starts_with("-----BEGIN PGP MESSAGE-----")) {
    return WhoSignedPgp(signature, text, policy);
  }
  return Nobody("its signature is neither an SSH nor an OpenPGP one");
}

}  // namespace holdfast
