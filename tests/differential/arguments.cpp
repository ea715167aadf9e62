#include <libtensor/tests/differential/arguments.h>

#include <algorithm>

// What fits the subject, and now and then what does not.

namespace lt::differential {
namespace {

template <typename N>
N said(Program& p, int64_t value) {
  p.arguments.push_back(value);
  return {value};
}

template <typename D>
D said(Program& p, const Dims& dims) {
  p.arguments.push_back(std::vector<int64_t>(dims.begin(), dims.end()));
  return {dims};
}

int64_t signed_axis(Program& p, int axis, int rank) {
  if (p.chance(3)) return p.chance(50) ? rank + 1 : -rank - 2;
  return p.chance(30) ? axis - std::max(rank, 1) : axis;
}

void shuffle(Program& p, Dims& dims) {
  for (int i = dims.size() - 1; i > 0; --i) std::swap(dims[i], dims[static_cast<int>(p.between(0, i))]);
}

Dims all_axes(int rank) {
  Dims axes;
  for (int i = 0; i < rank; ++i) axes.push_back(i);
  return axes;
}

Shape first_axes(const Shape& shape, int64_t count) {
  return Shape(std::span(shape.begin(), static_cast<size_t>(count)));
}

}  // namespace

Axis draw(Program& p, Type<Axis>) {
  const int axis = static_cast<int>(p.between(0, std::max(p.rank(), 1) - 1));
  p.look_along(axis);
  return said<Axis>(p, signed_axis(p, axis, p.rank()));
}

NewAxis draw(Program& p, Type<NewAxis>) {
  const int axis = static_cast<int>(p.between(0, p.rank()));
  return said<NewAxis>(p, signed_axis(p, axis, p.rank() + 1));
}

Position draw(Program& p, Type<Position>) {
  const int64_t beyond = p.chance(5) ? 2 : 0;
  return said<Position>(p,
                        p.between(-p.extent - beyond, std::max<int64_t>(p.extent - 1, -p.extent) + beyond));
}

Length draw(Program& p, Type<Length>) {
  return said<Length>(
      p, p.between(p.chance(3) ? -1 : 0, p.chance(50) ? std::min<int64_t>(p.extent, 2) : p.extent));
}

Stride draw(Program& p, Type<Stride>) { return said<Stride>(p, p.between(p.chance(4) ? 0 : 1, 3)); }
Small draw(Program& p, Type<Small>) { return said<Small>(p, p.between(-3, 3)); }
Count draw(Program& p, Type<Count>) { return said<Count>(p, p.between(p.chance(10) ? -1 : 1, 8)); }

Flag draw(Program& p, Type<Flag>) {
  const bool value = p.chance(50);
  p.arguments.push_back(value);
  return {value};
}

Axes draw(Program& p, Type<Axes>) {
  Dims axes;
  for (int i = 0; i < p.rank(); ++i) {
    if (p.chance(45)) axes.push_back(signed_axis(p, i, p.rank()));
  }
  shuffle(p, axes);
  if (!axes.empty() && axes.size() < kMaxRank && p.chance(3)) axes.push_back(axes[0]);
  return said<Axes>(p, axes);
}

Order draw(Program& p, Type<Order>) {
  Dims order = all_axes(p.rank());
  shuffle(p, order);
  for (int64_t& axis : order) {
    if (p.chance(15)) axis -= p.rank();
  }
  if (!order.empty() && p.chance(3)) order[0] = order.back();
  if (!order.empty() && p.chance(2)) order.erase(0);
  return said<Order>(p, order);
}

NewShape draw(Program& p, Type<NewShape>) {
  int64_t rest = numel(p.subject);
  if (p.chance(30)) {  // the subject's own sizes, two neighbours merged
    Shape shape = p.subject;
    if (shape.size() > 1) {
      const int at = static_cast<int>(p.between(0, shape.size() - 2));
      shape[at] *= shape[at + 1];
      shape.erase(at + 1);
    }
    return said<NewShape>(p, shape);
  }
  Shape shape;
  while (rest > 1 && shape.size() < 6) {
    int64_t size = p.between(1, rest);
    while (rest % size != 0) --size;
    shape.push_back(size);
    rest /= size;
  }
  if (rest != 1 || p.chance(30)) shape.push_back(rest);
  if (!shape.empty() && p.chance(25)) shape[static_cast<int>(p.between(0, shape.size() - 1))] = -1;
  if (!shape.empty() && p.chance(4)) shape[0] += p.between(-2, 2);
  return said<NewShape>(p, shape);
}

Stretched draw(Program& p, Type<Stretched>) {
  Shape shape = p.subject;
  int64_t room = 300 / std::max<int64_t>(numel(shape), 1);
  for (int64_t& size : shape) {
    if (size == 1 && room > 1) room /= std::max<int64_t>(size = p.between(p.chance(5) ? 0 : 1, 3), 1);
    if (p.chance(15)) size = -1;
    if (p.chance(2)) size += 1;
  }
  while (shape.size() < kMaxRank && p.chance(30)) shape.insert(0, room > 3 ? p.between(1, 3) : 1);
  if (!shape.empty() && p.chance(2)) shape.erase(0);
  return said<Stretched>(p, shape);
}

Shrunk draw(Program& p, Type<Shrunk>) {
  Shape shape = p.subject;
  while (!shape.empty() && p.chance(30)) shape.erase(0);
  for (int64_t& size : shape) {
    if (p.chance(40)) size = 1;
    if (p.chance(2)) size += 1;
  }
  return said<Shrunk>(p, shape);
}

FreshShape draw(Program& p, Type<FreshShape>) {
  Shape shape = p.shape();
  if (!shape.empty() && p.chance(4)) shape[0] = -1;
  return said<FreshShape>(p, shape);
}

MaskOf draw(Program& p, Type<MaskOf>) {
  if (p.chance(5)) return {p.leaf<bool>(p.shape())};
  return {p.leaf<bool>(first_axes(p.subject, p.between(std::min(p.rank(), 1), p.rank())))};
}

RowIds draw(Program& p, Type<RowIds>) {
  const int64_t rows = p.rank() == 0 ? 1 : p.subject[0];
  const int64_t beyond = p.chance(4) ? 1 : 0;
  const Shape shape = rows == 0 && p.chance(80) ? Shape{2, 0} : first_axes({3, 2}, p.between(0, 2));
  return {p.leaf_of_ids(shape, -rows - beyond, rows - 1 + beyond)};
}

PlaceIds draw(Program& p, Type<PlaceIds>) {
  Shape shape = p.subject;
  for (int i = 0; i < shape.size(); ++i) {
    if (i == p.along) {
      shape[i] = p.extent == 0 ? 0 : p.between(1, p.extent);
    } else if (shape[i] > 1 && p.chance(25)) {
      shape[i] -= 1;
    }
  }
  if (p.chance(3)) shape = p.shape();
  p.subject = shape;
  const int64_t low = p.chance(98) ? 0 : -1;
  return {p.leaf_of_ids(shape, low, p.extent - (p.chance(97) ? 1 : 0))};
}

ClassIds draw(Program& p, Type<ClassIds>) {
  return {p.leaf_of_ids(p.chance(60) ? Shape(p.between(0, 9)) : p.shape(), p.chance(95) ? 0 : -1, 5)};
}

IdList draw(Program& p, Type<IdList>) {
  IdList ids;
  Json names = Json::array();
  const Shape base = first_axes({2, 3}, p.between(0, 2));
  const int64_t most = std::max(p.rank(), 1) + (p.chance(2) ? 1 : 0);
  const int64_t count = p.between(1, std::min<int64_t>(most, 4));
  Shape common;
  for (int i = 0; i < count; ++i) {
    const int64_t size = i < p.rank() ? p.subject[i] : 1;
    const int64_t beyond = p.chance(2) ? 1 : 0;
    ids.push_back(p.leaf_of_ids(size == 0 ? Shape(0) : p.mate_of(base), -size - beyond, size - 1 + beyond));
    names.push_back(p.arguments.back());
    p.arguments.erase(p.arguments.size() - 1);
    try {
      common = broadcast_shapes(common, ids.back().shape(), "ids");
    } catch (const ShapeError&) {  // the op is to find out
    }
  }
  p.arguments.push_back(names);
  Shape selected = common;
  for (int i = static_cast<int>(count); i < p.rank() && selected.size() < kMaxRank; ++i) {
    selected.push_back(p.subject[i]);
  }
  p.subject = selected;
  return ids;
}

Shape factor_of(Program& p, const Shape& left) {
  const int64_t inner = p.chance(4) || left.empty() ? p.between(0, 4) : left.back();
  if (p.chance(25)) return inner;
  Shape shape{inner, p.between(p.chance(5) ? 0 : 1, 6)};
  for (int i = left.size() - 3; i >= 0 && p.chance(60); --i) {
    shape.insert(0, p.chance(40) ? 1 : p.chance(4) ? left[i] + 1 : left[i]);
  }
  if (shape.size() == 2 && left.size() < 3 && p.chance(20)) shape.insert(0, p.between(1, 3));
  return shape;
}

Shape part_of(Program& p, const Shape& shape) {
  Shape part = shape;
  if (!part.empty()) part[p.along] = p.between(0, 3);
  return part;
}

}  // namespace lt::differential
