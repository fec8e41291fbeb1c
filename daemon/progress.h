// Progress: what a run is doing right now, on standard error.
//
// On a terminal one line that is rewritten says what is waited for; whatever
// happened for good is a line of its own. Elsewhere there are plain lines only.

#pragma once

#include <functional>
#include <map>
#include <ostream>
#include <string>

#include "apply/applier.h"

namespace holdfast {

class Progress : public ApplyObserver {
 public:
  enum class Style { kTerminal, kPlain, kQuiet };

  /// `out` outlives it; `mask` removes secret values from foreign sentences.
  Progress(std::ostream& out, Style style, std::function<std::string(const std::string&)> mask);
  ~Progress() override;

  void OnWave(int wave, int of) override;
  void OnSent(const ObjectRef& ref, Action action) override;
  void OnWaiting(const ObjectRef& ref, const Health& health) override;
  void OnReady(const ObjectRef& ref, const Health& health) override;
  void OnDeleted(const ObjectRef& ref) override;

 private:
  void Line(const std::string& text);
  void Fleeting(const std::string& text);

  std::ostream& out_;
  Style style_;
  std::function<std::string(const std::string&)> mask_;
  int wave_ = 0;
  int of_ = 0;
  bool fleeting_shown_ = false;
  std::map<ObjectRef, bool> sent_;
};

}  // namespace holdfast
