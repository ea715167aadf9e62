#pragma once

// What a variable holds: a value, its gradient and, where an op recorded it, how a gradient goes on.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <libtensor/autograd/variable.h>
#include <libtensor/tensor/ref_count.h>

namespace lt::inline v0 {

// A place on the tape. Memory comes from the tensors' pool; references, of handles and of later nodes' edges,
// are counted in the node. Once it has no handle, nobody can ask for its value: that of a recorded node goes,
// unless a gradient rule saved it or it is small.
template <Floating T>
class Node {
 public:
  Node(const char* op_name, BasicTensor<T> value, bool needs_grad);
  virtual ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  static void* operator new(size_t bytes) { return pool_allocate(bytes); }
  static void operator delete(void* memory) { pool_free(memory); }

  // The edges; empty for a leaf, and once released.
  virtual std::span<Node* const> inputs() const { return {}; }
  // False for a leaf, and once released.
  virtual bool has_rule() const { return false; }
  // Adds to the gradients of the inputs, given this node's.
  virtual void run_rule() {}
  // Frees the rule with what it saved, and the edges, whose references the caller has released.
  virtual void release_saved() {}

  void retain() { references_.add(1); }
  void retain_handle() { references_.add(kHandle); }
  // Gives a reference up. The last one frees the node and, in a loop, all that only it held.
  static void release(Node* node);
  static void release_handle(Node* node);
  // Adds `gradient`, summed to this node's shape, to grad: the one place where broadcasting is undone.
  void accumulate(BasicTensor<T> gradient);
  bool is_leaf() const { return serial == 0; }

  BasicTensor<T> data;  // without a handle, perhaps only its shape
  BasicTensor<T> grad;
  const char* op;
  uint64_t serial = 0;  // place on the tape; 0 for a leaf
  bool requires_grad;
  bool visited = false;  // by a running backward(), which has not used it yet

 private:
  // True if that was the last reference. (No addition then: it may be a locked one.)
  bool give_up(int64_t count) { return references_.get() == count || references_.add(-count) == 0; }
  static void free_all(Node* node);
  void drop_value();

  // In one counter: edges one by one, handles by this.
  static constexpr int64_t kHandle = int64_t{1} << 32;
  AtomicCounter references_{kHandle};  // its maker's handle
};

// The serial number of a node recorded now, after `inputs`.
template <Floating T>
uint64_t next_serial(std::span<Node<T>* const> inputs);

// Nodes that a walk has met.
template <Floating T>
using NodeList = std::vector<Node<T>*, PoolAllocator<Node<T>*>>;

}  // namespace lt::inline v0
