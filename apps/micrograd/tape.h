#pragma once

// Where lecture 1's numbers live: one tape a thread, in the order of their making.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lt::apps::micrograd {

struct Op;

// One number. Two share a cache line.
struct Node {
  double data = 0;
  double grad = 0;
  const Op* op = nullptr;         // none: a leaf
  std::uint32_t left = 0;         // the inputs' places on the tape
  std::uint32_t right : 31 = 0;   // the left one again where the op has one input
  std::uint32_t reached : 1 = 0;  // by the backward pass under way
};

// What an operation is called and how it passes its gradient on: x.grad += slope * out.grad, and so for y.
struct Op {
  const char* name;
  int inputs;  // how many a gradient flows to: 1 or 2
  void (*backward)(const Node& out, Node& x, Node& y);
};

// An arena: chunks filled in order and never moved. Nodes name each other by place and rules are plain
// functions, so nothing owns anything and there are no cycles to leak.
class Tape {
 public:
  static Tape& current() {  // this thread's
    static thread_local Tape tape;
    return tape;
  }

  // throws: std::length_error beyond 2^31 values
  std::uint32_t append(const Node& n) {
    if (size_ == capacity()) grow();
    at(size_) = n;
    return size_++;
  }
  Node& at(std::uint32_t place) { return chunks_[place / kChunk][place % kChunk]; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return chunks_.size() * kChunk; }

  // Every scope has a number of its own, never used again on any thread. A value carries its scope's, so one
  // that outlived its scope, or strayed from its thread, is told from those that took its place.
  std::uint32_t scope() const { return open_.back(); }
  // throws: GradError where the scope is not open
  Node& at(std::uint32_t place, std::uint32_t scope) {
    for (const std::uint32_t open : open_)
      if (open == scope) return at(place);
    refuse();
  }

  std::map<std::uint32_t, std::string> labels;  // by place

 private:
  friend class Scope;
  static constexpr std::size_t kChunk = std::size_t{1} << 16;  // 2 MiB: one huge page
  static std::uint32_t next_scope();
  void grow();
  [[noreturn]] static void refuse();

  std::uint32_t size_ = 0;
  std::vector<std::unique_ptr<Node[]>> chunks_;
  std::vector<std::uint32_t> open_ = {next_scope()};  // outermost first: parameters are found at once
};

// Forgets at its end what was made since its beginning, and keeps the memory for what comes next. A training
// step opens one; the parameters, made before, survive it. Scopes close in falling order, as blocks do.
class Scope {
 public:
  Scope();
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Tape& tape_;
  std::uint32_t begin_;
};

}  // namespace lt::apps::micrograd
