#include "actors/net_link.hpp"

#include "runtime/net/net_session.hpp"

#include <chrono>

namespace creamery {

namespace {

/// Puts what a net session says into its owner's mailbox. Runs on the network thread.
class mailbox_listener final : public net_listener {
public:
  mailbox_listener(link_owner_actor owner, link_id id) : owner_(std::move(owner)), id_(id) {
  }

  void on_open() override {
    caf::anon_send(owner_, link_opened{id_});
  }

  void on_lines(line_batch batch) override {
    auto now = std::chrono::steady_clock::now().time_since_epoch();
    caf::anon_send(
      owner_, link_lines{id_, std::move(batch), std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()});
  }

  void on_closed(net_error why) override {
    caf::anon_send(owner_, link_closed{id_, std::move(why)});
  }

private:
  link_owner_actor owner_;
  link_id id_;
};

class session_link final : public net_link {
public:
  explicit session_link(std::shared_ptr<net_session> session) : session_(std::move(session)) {
  }

  void attach(const link_owner_actor& owner, link_id id) override {
    session_->attach(std::make_unique<mailbox_listener>(owner, id)); // false: the network has stopped, and all ends
  }

  bool send(std::string_view lines) override {
    return session_->send(lines);
  }

  void release(size_t cost) override {
    session_->release(cost);
  }

  void close() override {
    session_->close();
  }

  bool reading_paused() const override {
    return session_->statistics().reading_paused;
  }

private:
  std::shared_ptr<net_session> session_;
};

} // namespace

link_opener open_with(net_context& net, net_options options) {
  return [&net, options = std::move(options)](const link_owner_actor& owner, link_id id, const endpoint& server) {
    auto session = net_session::open(net, server, options, std::make_unique<mailbox_listener>(owner, id));
    return std::make_shared<session_link>(std::move(session));
  };
}

} // namespace creamery
