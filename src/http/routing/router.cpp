#include "http/routing/router.hpp"

#include "http/message/target.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace orderflow::http {
namespace {

constexpr std::array methods{Method::get, Method::head,  Method::post,
                             Method::put, Method::patch, Method::del};

struct Entry {
  std::string pattern;
  std::vector<std::string> parameter_names;
  Access access;
  Handler handler;
  RouteTraits traits;
};

struct Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::array<std::optional<Entry>, methods.size()> entries;  // indexed by Method

  bool ends_a_route() const {
    return std::any_of(entries.begin(), entries.end(), [](const auto& e) { return e.has_value(); });
  }
  const std::optional<Entry>& entry(Method method) const {
    return entries[static_cast<std::size_t>(method)];
  }
  void for_each(const std::function<void(Method, Entry&)>& visit) {
    for (const Method method : methods) {
      if (auto& one = entries[static_cast<std::size_t>(method)]) visit(method, *one);
    }
    if (parameter) parameter->for_each(visit);
    for (const auto& [text, next] : literals)
      next->for_each(visit);
  }
};

/// The parts between the slashes of an absolute path: "/a/b" has "a" and "b", "/" has one empty
/// part.
std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

/// Where a path leads. `values` holds what the parameters stand for, in the path's order.
const Node* walk(const Node& node, const std::vector<std::string>& segments, std::size_t depth,
                 std::vector<std::string>& values) {
  if (depth == segments.size()) return node.ends_a_route() ? &node : nullptr;
  if (const auto literal = node.literals.find(segments[depth]); literal != node.literals.end()) {
    if (const Node* end = walk(*literal->second, segments, depth + 1, values)) return end;
  }
  if (!node.parameter || segments[depth].empty()) return nullptr;
  values.push_back(segments[depth]);
  if (const Node* end = walk(*node.parameter, segments, depth + 1, values)) return end;
  values.pop_back();
  return nullptr;
}

std::string allowed_methods(const Node& node) {
  std::string allowed;
  for (const Method method : methods) {
    const bool through_get = method == Method::head && node.entry(Method::get).has_value();
    if (!node.entry(method) && !through_get) continue;
    if (!allowed.empty()) allowed += ", ";
    allowed += to_string(method);
  }
  return allowed;
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

RouteTraits resolved(RouteTraits traits, Method method, Access access) {
  const bool is_small = access == Access::open || method == Method::get || method == Method::head ||
                        method == Method::del;
  if (traits.body_bytes_max == 0 && is_small) traits.body_bytes_max = small_body_bytes;
  const auto& scope = access.scope();
  traits.is_vital =
      traits.is_vital || (scope && scope->holder() == core::Scope::Holder::operations);
  return traits;
}

}  // namespace

struct Router::Table {
  Node root;
  std::vector<Route> routes;
  std::vector<Wrapper> wrappers;
};

Router::Router() : table_(std::make_unique<Table>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Method method, std::string_view pattern, Access access, Handler handler,
                 RouteTraits traits) {
  if (!pattern.starts_with('/') || !handler) {
    throw std::logic_error("not a route: " + std::string(pattern));
  }
  const Route route{method, std::string(pattern), access};
  for (const Wrapper& wrapper : table_->wrappers)
    handler = wrapper(route, std::move(handler));
  Entry entry{route.pattern, {}, access, std::move(handler), resolved(traits, method, access)};
  Node* node = &table_->root;
  for (const std::string_view segment : segments_of(pattern)) {
    const bool parameter = is_parameter(segment);
    if (parameter) {
      entry.parameter_names.emplace_back(segment.substr(1, segment.size() - 2));
    } else if (segment.find_first_of("{}") != std::string_view::npos) {
      throw std::logic_error("a parameter is a whole segment: " + std::string(pattern));
    }
    auto& next = parameter ? node->parameter : node->literals[std::string(segment)];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  auto& slot = node->entries[static_cast<std::size_t>(method)];
  if (slot) {
    throw std::logic_error("route taken: " + std::string(to_string(method)) + " " +
                           std::string(pattern) + " by " + slot->pattern);
  }
  slot = std::move(entry);
  table_->routes.push_back(route);
}

std::vector<Router::Route> Router::routes() const {
  return table_->routes;
}

void Router::wrap(Wrapper wrapper) {
  table_->root.for_each([&](Method method, Entry& entry) {
    entry.handler = wrapper({method, entry.pattern, entry.access}, std::move(entry.handler));
  });
  table_->wrappers.push_back(std::move(wrapper));
}

Router::Match Router::find(Request& request) const {
  std::vector<std::string> segments;
  for (const std::string_view segment : segments_of(encoded_path(request.target))) {
    segments.push_back(percent_decoded(segment));
  }
  std::vector<std::string> values;
  const Node* node = walk(table_->root, segments, 0, values);
  if (!node) return {};

  const auto* entry = &node->entry(request.method);
  if (!*entry && request.method == Method::head) entry = &node->entry(Method::get);
  if (!*entry) return {.allowed = allowed_methods(*node)};

  request.path_parameters.clear();
  for (std::size_t i = 0; i < values.size(); ++i) {
    request.path_parameters.emplace_back((*entry)->parameter_names[i], std::move(values[i]));
  }
  return {.handler = &(*entry)->handler,
          .pattern = (*entry)->pattern,
          .access = (*entry)->access,
          .traits = (*entry)->traits};
}

}  // namespace orderflow::http
