#include <libtensor/tests/differential/menu.h>

#include <utility>

namespace lt::differential {

const Menu& menu() {
  static const Menu all = [] {
    Menu out{views(), in_place(), {}};
    for (auto* family : {creation, binary, unary, reductions, products, indexing}) {
      for (Op& op : family()) out.fresh.push_back(std::move(op));
    }
    return out;
  }();
  return all;
}

}  // namespace lt::differential
