#pragma once

// What a source of the suite includes after tests/mutation/sites.py has made every place that could
// be wrong switchable: `a == b` has become `a == mutation::Site<7>{} == b`, which compares as
// before unless the environment's MUTANT is 7. The operator stands on both sides of the site, so
// nothing binds otherwise than it did.

#include <atomic>
#include <cstdlib>
#include <type_traits>
#include <utility>

namespace mutation {

constexpr int kMost = 20'000;

// Which sites were reached since the listener last looked.
inline std::atomic<bool> reached[kMost];

inline bool on_at_run_time(int id) {
  static const int active = [] {
    const char* const id_of_mutant = std::getenv("MUTANT");
    return id_of_mutant == nullptr ? -1 : std::atoi(id_of_mutant);
  }();
  if (!reached[id].load(std::memory_order_relaxed)) {
    reached[id].store(true, std::memory_order_relaxed);
  }
  return id == active;
}

// Whether it's this place that is changed. What the compiler works out stays as it is.
constexpr bool on(int id) { return std::is_constant_evaluated() ? false : on_at_run_time(id); }

template <int id>
struct Site {};

// The left side of an operator, waiting for the right one.
template <int id, class Left>
struct Half {
  Left&& left;
};

template <class T>
constexpr bool is_half = false;
template <int id, class Left>
constexpr bool is_half<Half<id, Left>> = true;

#define MUTATION_OPERATOR(as_it_is, changed)                                               \
  template <int id, class Left>                                                            \
  constexpr Half<id, Left> operator as_it_is(Left&& left, Site<id>) {                      \
    return {std::forward<Left>(left)};                                                     \
  }                                                                                        \
  template <int id, class Left, class Right>                                               \
  constexpr auto operator as_it_is(Half<id, Left> half, Right&& right) requires requires { \
    half.left changed right;                                                               \
  }                                                                                        \
  {                                                                                        \
    using Result = decltype(std::forward<Left>(half.left) as_it_is right);                 \
    if (on(id)) return static_cast<Result>(std::forward<Left>(half.left) changed right);   \
    return std::forward<Left>(half.left) as_it_is right;                                   \
  }
MUTATION_OPERATOR(==, !=)
MUTATION_OPERATOR(!=, ==)
MUTATION_OPERATOR(<, <=)
MUTATION_OPERATOR(<=, <)
MUTATION_OPERATOR(>, >=)
MUTATION_OPERATOR(>=, >)
MUTATION_OPERATOR(+, -)
MUTATION_OPERATOR(-, +)
#undef MUTATION_OPERATOR

// `!x` has become `mutation::Not<7>{} % x`: no operator between two operands binds tighter.
template <int id>
struct Not {};
template <int id, class T>
constexpr bool operator%(Not<id>, T&& value) {
  return on(id) ? static_cast<bool>(value) : !static_cast<bool>(value);
}

template <int id, class T>
constexpr T value(T as_it_is, T changed) {
  return on(id) ? changed : as_it_is;
}

// Of a constant: what can't be worked out before the program runs.
template <int id, class T>
T limit(T as_it_is, T changed) {
  return on_at_run_time(id) ? changed : as_it_is;
}

}  // namespace mutation
