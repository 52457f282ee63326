#include "benchmarks/burst/chat_host.hpp"

#include "runtime/net/self_signed.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>

namespace creamery::benchmarks {

using simulator::connection;

namespace {

/// Takes the next word, and the spaces behind it, off the front.
std::string_view take_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return word;
}

std::string_view without(char mark, std::string_view text) {
  return text.starts_with(mark) ? text.substr(1) : text;
}

std::string own_state(std::string_view channel, std::string_view nonce, std::string_view id) {
  std::string line = "@badge-info=;badges=moderator/1;";
  if (!nonce.empty())
    line.append("client-nonce=").append(nonce).append(";");
  line += "color=;display-name=bot;emote-sets=0;";
  if (!id.empty())
    line.append("id=").append(id).append(";");
  return line.append("mod=1;subscriber=0;user-type=mod :tmi.twitch.tv USERSTATE #").append(channel);
}

} // namespace

result<std::unique_ptr<chat_host>> chat_host::open(simulator::net::io_context& io, size_t lines_per_frame,
                                                   listener told) {
  simulator::options setup;
  auto doors = simulator::listener::open(io, setup);
  if (!doors)
    return doors.error();
  std::unique_ptr<chat_host> host{new chat_host{io, std::move(*doors), lines_per_frame, std::move(told)}};
  auto made = make_self_signed({"localhost", "127.0.0.1", "::1"});
  if (!made)
    return made.error();
  host->ca_certificate_ = made->ca_certificate;
  host->tls_.use_certificate_chain(simulator::net::buffer(made->certificate));
  host->tls_.use_private_key(simulator::net::buffer(made->private_key), simulator::net::ssl::context::pem);
  host->doors_.start([self = host.get()](size_t door, simulator::tcp::socket socket) {
    if (door == simulator::listener::control_door)
      return; // there is nobody behind it; the socket is closed
    simulator::error_code ignored;
    socket.set_option(simulator::tcp::no_delay{true}, ignored);
    auto accepted = simulator::make_connection(static_cast<simulator::transport_kind>(door), std::move(socket),
                                               self->io_, self->tls_, *self, self->lines_per_frame_);
    self->clients_[accepted.get()] = std::make_shared<client>(client{accepted, {}, {}});
    accepted->start();
  });
  return host;
}

chat_host::chat_host(simulator::net::io_context& io, simulator::listener doors, size_t lines_per_frame, listener told)
  : io_(io), doors_(std::move(doors)), lines_per_frame_(lines_per_frame), told_(std::move(told)) {
}

std::vector<std::shared_ptr<chat_host::client>> chat_host::members() const {
  std::vector<std::shared_ptr<client>> found;
  for (const auto& [socket, who] : clients_)
    if (!who->channels.empty())
      found.push_back(who);
  return found;
}

void chat_host::on_line(connection& from, std::string_view line) {
  auto known = clients_.find(&from);
  if (known == clients_.end())
    return;
  auto& who = *known->second;
  const auto tags = line.starts_with('@') ? take_word(line) : std::string_view{};
  if (line.starts_with(':'))
    take_word(line);
  const auto verb = take_word(line);
  if (verb == "PRIVMSG") {
    take_message(who, tags, line);
  } else if (verb == "PING") {
    // tmi.js asks without a word, and ends when the answer has a sender.
    from.send(line.empty() ? "PONG" : ":tmi.twitch.tv PONG tmi.twitch.tv :" + std::string{without(':', line)}, false);
  } else if (verb == "CAP") {
    const auto what = take_word(line);
    if (what == "REQ")
      from.send(":tmi.twitch.tv CAP * ACK :" + std::string{without(':', line)}, false);
    else if (what == "LS")
      from.send(":tmi.twitch.tv CAP * LS :twitch.tv/commands twitch.tv/membership twitch.tv/tags", false);
  } else if (verb == "NICK") {
    who.nick = take_word(line);
    welcome(who);
  } else if (verb == "JOIN") {
    join(who, take_word(line));
  } else if (verb == "PART") {
    const auto left = std::erase(who.channels, std::string{without('#', take_word(line))});
    joined_ -= left;
    told_.on_membership();
  }
}

void chat_host::welcome(client& who) {
  const auto me = ":tmi.twitch.tv ";
  for (const auto* text :
       {"001 * :Welcome, GLHF!", "002 * :Your host is tmi.twitch.tv", "003 * :This server is rather new", "004 * :-",
        "375 * :-", "372 * :You are in a maze of twisty passages, all alike.", "376 * :>"}) {
    std::string line = me;
    line += text;
    line.replace(line.find('*'), 1, who.nick);
    who.socket->send(line, false);
  }
  who.socket->send("@badge-info=;badges=;color=;display-name=" + who.nick
                     + ";emote-sets=0;user-id=5551;user-type= :tmi.twitch.tv GLOBALUSERSTATE",
                   false);
}

void chat_host::join(client& who, std::string_view list) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    const std::string channel{without('#', list.substr(0, end))};
    list.remove_prefix(std::min(end + 1, list.size()));
    if (channel.empty() || std::find(who.channels.begin(), who.channels.end(), channel) != who.channels.end())
      continue;
    who.channels.push_back(channel);
    ++joined_;
    const auto me = who.nick + "!" + who.nick + "@" + who.nick + ".tmi.twitch.tv";
    who.socket->send(":" + me + " JOIN #" + channel, false);
    who.socket->send(":" + who.nick + ".tmi.twitch.tv 353 " + who.nick + " = #" + channel + " :" + who.nick, false);
    who.socket->send(":" + who.nick + ".tmi.twitch.tv 366 " + who.nick + " #" + channel + " :End of /NAMES list",
                     false);
    who.socket->send(
      "@emote-only=0;followers-only=-1;r9k=0;rituals=0;room-id=11148817;slow=0;subs-only=0 :tmi.twitch.tv "
      "ROOMSTATE #"
        + channel,
      false);
    who.socket->send(own_state(channel, {}, {}), false);
  }
  told_.on_membership();
}

void chat_host::take_message(client& from, std::string_view tags, std::string_view rest) {
  const auto channel = without('#', take_word(rest));
  const auto nonce_at = tags.find("client-nonce=");
  const auto nonce = nonce_at == std::string_view::npos
                       ? std::string_view{}
                       : tags.substr(nonce_at + 13, tags.find(';', nonce_at) - nonce_at - 13);
  const auto id = "00000000-0000-4000-9000-" + std::to_string(100'000'000'000 + ++last_id_);
  from.socket->send(own_state(channel, nonce, id), false);
  told_.on_message(from, without(':', rest));
}

void chat_host::on_drained(connection& to) {
  if (auto known = clients_.find(&to); known != clients_.end())
    told_.on_drained(*known->second);
}

void chat_host::on_gone(connection& gone, std::string_view) {
  auto known = clients_.find(&gone);
  if (known == clients_.end())
    return;
  joined_ -= known->second->channels.size();
  connections_lost_ += known->second->channels.empty() ? 0 : 1;
  clients_.erase(known);
  told_.on_membership();
}

} // namespace creamery::benchmarks
