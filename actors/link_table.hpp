#pragma once

#include "actors/interfaces.hpp"
#include "actors/net_link.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>

namespace creamery {

/// The sockets of an actor that has several, by their links. They outlive the actor, and are closed when this goes.
class link_table {
public:
  struct entry {
    std::shared_ptr<net_link> socket;
    /// How many of its messages have been dealt with: those that are delivered again to a successor are known by that.
    uint64_t messages = 0;
  };

  link_table() = default;
  link_table(const link_table&) = delete;
  link_table& operator=(const link_table&) = delete;

  ~link_table() {
    close_all();
  }

  /// They report to another owner from now on.
  void attach(const link_owner_actor& owner) {
    for (auto& [id, one] : links_)
      one.socket->attach(owner, id);
  }

  void add(link_id id, std::shared_ptr<net_link> socket) {
    links_[id] = {std::move(socket)};
  }

  /// Null: there is no such link any more.
  entry* find(link_id id) {
    auto found = links_.find(id);
    return found == links_.end() ? nullptr : &found->second;
  }

  /// The link that these came by; null: it is gone, or a predecessor has seen to them.
  entry* source_of(const link_lines& arrived) {
    auto* from = find(arrived.link);
    return from != nullptr && end_of(arrived) > from->messages ? from : nullptr;
  }

  /// They have been dealt with.
  static void done(entry& from, const link_lines& arrived) {
    from.messages = end_of(arrived);
  }

  /// Closes it and forgets it: it says nothing more that counts.
  void close(link_id id) {
    if (auto link = links_.extract(id); !link.empty())
      link.mapped().socket->close();
  }

  /// It has ended. @returns whether it was still wanted.
  bool ended(link_id id) {
    return links_.erase(id) > 0;
  }

  /// `link_closed` follows for each, as if the servers had ended them.
  void close_all() {
    for (auto& [id, one] : links_)
      one.socket->close();
  }

  bool is_reading() const {
    return std::none_of(links_.begin(), links_.end(), [](const auto& x) { return x.second.socket->reading_paused(); });
  }

private:
  static uint64_t end_of(const link_lines& arrived) {
    return arrived.lines.first + arrived.lines.lines.size();
  }

  std::map<link_id, entry> links_;
};

} // namespace creamery
