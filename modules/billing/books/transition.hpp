#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// One line of a table of transitions: by what, from which state, to which. A change leads to one
/// state, from whichever it starts.
template <class Change, class State>
struct Transition {
  Change change;
  State from;
  State to;
};

template <class Table>
constexpr bool leads_to_one_state(const Table& table) noexcept {
  return std::ranges::all_of(table, [&](const auto& one) {
    return std::ranges::all_of(
        table, [&](const auto& other) { return one.change != other.change || one.to == other.to; });
  });
}

template <class Table, class Change, class State>
bool is_transition(const Table& table, Change change, State from) noexcept {
  return std::ranges::any_of(
      table, [&](const auto& one) { return one.change == change && one.from == from; });
}

/// The table has the change.
template <class Table, class Change>
auto state_after(const Table& table, Change change) noexcept {
  return std::ranges::find_if(table, [&](const auto& one) { return one.change == change; })->to;
}

/// As a list of SQL: `'sending', 'processing'`.
template <class Table, class Change>
std::string states_before(const Table& table, Change change) {
  std::string list;
  for (const auto& one : table) {
    if (one.change != change) continue;
    list += list.empty() ? "'" : ", '";
    list += to_string(one.from);
    list += '\'';
  }
  return list;
}

/// A statement that makes a change to the state of the row ?1, together with `more`, where the row
/// is in a state that the change starts from. `begin` is "UPDATE <table> SET state = '";
/// `condition` begins with " AND", or is empty.
template <class Change>
std::string update_of(std::string_view begin, Change change, std::string_view more,
                      std::string_view condition = "") {
  std::string sql(begin);
  sql.append(to_string(state_after(change)))
      .append("', ")
      .append(more)
      .append(" WHERE id = ?1 AND state IN (");
  return sql.append(states_before(change)).append(")").append(condition);
}

}  // namespace orderflow::billing
