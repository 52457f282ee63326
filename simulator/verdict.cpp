#include "simulator/verdict.hpp"

namespace creamery::simulator {

std::string_view to_string(verdict x) {
  switch (x) {
    case verdict::delivered: return "delivered";
    case verdict::joined: return "joined";
    case verdict::banned: return "banned";
    case verdict::timed_out: return "timed_out";
    case verdict::suspended: return "suspended";
    case verdict::missing: return "missing";
    case verdict::too_many_channels: return "too_many_channels";
    case verdict::emote_only: return "emote_only";
    case verdict::subscribers_only: return "subscribers_only";
    case verdict::followers_only: return "followers_only";
    case verdict::unique_chat: return "unique_chat";
    case verdict::slow: return "slow";
    case verdict::duplicate: return "duplicate";
    case verdict::ratelimited: return "ratelimited";
    case verdict::unrecognized_command: return "unrecognized_command";
    case verdict::no_permission: return "no_permission";
    case verdict::locked_out: return "locked_out";
    case verdict::empty: return "empty";
    case verdict::silent: return "silent";
    case verdict::bad_name: return "bad_name";
    case verdict::anonymous: return "anonymous";
  }
  return "?";
}

notice_text notice_for(verdict x, std::string_view channel, long number, std::string_view word) {
  std::string name{channel};
  auto count = std::to_string(number);
  switch (x) {
    case verdict::banned: return {"msg_banned", "You are permanently banned from talking in " + name + "."};
    case verdict::timed_out: return {"msg_timedout", "You are timed out for " + count + " more seconds."};
    case verdict::suspended: return {"msg_channel_suspended", "This channel does not exist or has been suspended."};
    case verdict::missing: return {"msg_room_not_found", "This room does not exist."};
    case verdict::too_many_channels:
      return {"msg_concurrent_channel_limit_reached", "You have joined too many channels."};
    case verdict::emote_only:
      return {"msg_emoteonly",
              "This room is in emote-only mode. You can find your currently available emoticons using the smiley in "
              "the chat text area."};
    case verdict::subscribers_only:
      return {"msg_subsonly", "This room is in subscribers only mode. To talk, purchase a channel subscription at "
                              "https://www.twitch.tv/products/"
                                + name + "/ticket?ref=subscriber_only_mode_chat."};
    case verdict::followers_only:
      if (number == 0)
        return {"msg_followersonly_zero",
                "This room is in followers-only mode. Follow " + name + " to join the community!"};
      return {"msg_followersonly",
              "This room is in " + count + "-minute followers-only mode. Follow " + name + " to join the community!"};
    case verdict::unique_chat:
      return {"msg_r9k", "This room is in unique-chat mode and the message you attempted to send is not unique."};
    case verdict::slow:
      return {"msg_slowmode",
              "This room is in slow mode and you are sending messages too quickly. You will be able to talk again in "
                + count + " seconds."};
    case verdict::duplicate:
      return {
        "msg_duplicate",
        "Your message was not sent because it is identical to the previous one you sent, less than 30 seconds ago."};
    case verdict::ratelimited:
      return {"msg_ratelimit", "Your message was not sent because you are sending messages too quickly."};
    case verdict::unrecognized_command: return {"unrecognized_cmd", "Unrecognized command: /" + std::string{word}};
    case verdict::no_permission: return {"no_permission", "You don't have permission to perform that action."};
    default: return {};
  }
}

} // namespace creamery::simulator
