#include <libtensor/apps/micrograd/tape.h>

#include <atomic>
#include <stdexcept>

#include <libtensor/tensor/error.h>

// What is rare: opening and closing scopes, growing, and refusing a value.

namespace lt::apps::micrograd {

std::uint32_t Tape::next_scope() {
  static std::atomic<std::uint32_t> count = 0;
  return count++;
}

void Tape::grow() {
  if (capacity() >> 31) throw std::length_error("micrograd: more than 2^31 values on one tape");
  chunks_.push_back(std::make_unique<Node[]>(kChunk));
}

void Tape::refuse() { throw GradError("micrograd: a value outlived its Scope, or strayed from its thread"); }

Scope::Scope() : tape_(Tape::current()), begin_(tape_.size_) { tape_.open_.push_back(Tape::next_scope()); }

Scope::~Scope() {
  tape_.open_.pop_back();
  tape_.size_ = begin_;
  tape_.labels.erase(tape_.labels.lower_bound(begin_), tape_.labels.end());
}

}  // namespace lt::apps::micrograd
