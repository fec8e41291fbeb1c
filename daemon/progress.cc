#include "daemon/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace holdfast {
namespace {

std::size_t TerminalWidth() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

Progress::Progress(std::ostream& out, Style style,
                   std::function<std::string(const std::string&)> mask)
    : out_(out), style_(style), mask_(std::move(mask)) {}

Progress::~Progress() {
  if (fleeting_shown_) out_ << "\r\x1b[K" << std::flush;
}

void Progress::Line(const std::string& text) {
  if (style_ == Style::kQuiet) return;
  if (fleeting_shown_) out_ << "\r\x1b[K";
  fleeting_shown_ = false;
  out_ << text << std::endl;
}

void Progress::Fleeting(const std::string& text) {
  if (style_ == Style::kPlain) Line(text);
  if (style_ != Style::kTerminal) return;
  out_ << "\r\x1b[K" << text.substr(0, TerminalWidth() - 1) << std::flush;
  fleeting_shown_ = true;
}

void Progress::OnWave(int wave, int of) {
  wave_ = wave;
  of_ = of;
  // Not a line of its own: a wave in which nothing changes is of no interest.
}

void Progress::OnSent(const ObjectRef& ref, Action action) {
  sent_[ref] = true;
  Line("[" + std::to_string(wave_) + "/" + std::to_string(of_) + "] " +
       std::string(ToString(action)) + " " + ref.ToString());
}

void Progress::OnWaiting(const ObjectRef& ref, const Health& health) {
  Fleeting("      " + ref.ToString() + ": " + mask_(health.sentence));
}

void Progress::OnReady(const ObjectRef& ref, const Health& health) {
  if (!sent_.contains(ref)) return;
  const std::string sentence = health.sentence.empty() ? "ready" : mask_(health.sentence);
  Line("      " + ref.ToString() + ": " + sentence);
}

void Progress::OnDeleted(const ObjectRef& ref) {
  Line("[" + std::to_string(wave_) + "/" + std::to_string(of_) + "] deleted " +
       ref.ToString());
}

}  // namespace holdfast
