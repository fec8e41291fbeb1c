#include "repo-layout/line_recorder.h"

namespace holdfast {
namespace {

/// A segment of a JSON pointer (RFC 6901, 3).
void AppendSegment(std::string_view segment, std::string* pointer) {
  pointer->push_back('/');
  for (const char c : segment) {
    if (c == '~') {
      pointer->append("~0");
    } else if (c == '/') {
      pointer->append("~1");
    } else {
      pointer->push_back(c);
    }
  }
}

}  // namespace

LineRecorder::LineRecorder() : lines_(std::make_shared<LineMap>()) {}

void LineRecorder::Root(int line) { lines_->Add("", line); }

void LineRecorder::EnterKey(std::string_view key, int line) { Enter(key, line, false); }

void LineRecorder::EnterIndex(std::size_t index, int line) {
  Enter(std::to_string(index), line, true);
}

void LineRecorder::Enter(std::string_view segment, int line, bool is_index) {
  lengths_.push_back(pointer_.size());
  AppendSegment(segment, &pointer_);
  lines_->Add(pointer_, line);
  if (is_index && lengths_.size() == 2 && pointer_.starts_with("/items/")) {
    item_start_ = pointer_.size();
    item_lines_.push_back(std::make_shared<LineMap>());
  }
  if (item_start_ != 0) {
    item_lines_.back()->Add(std::string_view(pointer_).substr(item_start_), line);
  }
}

void LineRecorder::Leave() {
  pointer_.resize(lengths_.back());
  lengths_.pop_back();
  if (pointer_.size() < item_start_) item_start_ = 0;
}

int LineRecorder::LineOfKey(std::string_view key) const {
  LineMap sealed = *lines_;
  sealed.Seal();
  std::string pointer = pointer_;
  AppendSegment(key, &pointer);
  return sealed.LineOf(pointer);
}

void LineRecorder::MoveTo(YamlDocument* document) {
  lines_->Seal();
  document->lines = std::move(lines_);
  for (auto& lines : item_lines_) {
    lines->Seal();
    document->item_lines.push_back(std::move(lines));
  }
  item_lines_.clear();
}

}  // namespace holdfast
