#pragma once

#include "messages/chat_batch.hpp"
#include "messages/chat_control.hpp"
#include "messages/cog_outcome.hpp"
#include "messages/eventsub/event.hpp"
#include "messages/eventsub/subscription_news.hpp"
#include "messages/grant_wanted.hpp"
#include "messages/helix/request.hpp"
#include "messages/reports.hpp"
#include "messages/say.hpp"
#include "messages/slab.hpp"
#include "messages/stored_token.hpp"
#include "runtime/helix/transport.hpp"
#include "runtime/net/http_server.hpp"
#include "runtime/net/net_error.hpp"
#include "runtime/oauth/identity_server.hpp"

#include <caf/all.hpp>

#include <string>
#include <vector>

/// Who may say what to whom: every conversation of the system is on this page. Behind each message stands its delivery
/// class: *numbered* (kept by the sender and sent again until acknowledged), *request* (answered, or repeated by the asker
/// to whoever takes the other's place) or *notice* (may be lost; what it says is told again or doesn't matter any more).

namespace creamery {

// -- what a net session tells the connection that owns it; never leaves the machine --------------------------------------

/// Says which of a connection's net sessions speaks.
using link_id = uint64_t;

/// The socket is open, TLS and WebSocket included.
struct link_opened {
  link_id link = 0;
};

/// Lines arrived.
struct link_lines {
  link_id link = 0;
  line_batch lines;
  /// When they were read, in nanoseconds of the steady clock.
  int64_t read_at = 0;
};

/// The session is over.
struct link_closed {
  link_id link = 0;
  net_error why;
};

// -- what comes to the authorizer from outside; never leaves the machine -------------------------------------------------

/// A browser asks for a page of the authorisation.
struct browser_visit {
  http_request request;
  http_reply reply;
};

/// The identity server has answered the question of this number.
struct identity_answer {
  uint64_t question = 0;
  oauth::exchange content;
};

/// Helix has answered the call of this number.
struct helix_answer {
  uint64_t call = 0;
  helix::incoming content;
};

} // namespace creamery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(creamery::browser_visit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(creamery::identity_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(creamery::helix_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(creamery::link_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(creamery::link_lines)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(creamery::link_closed)

namespace creamery {

// -- atoms: the words of the conversations ------------------------------------------------------------------------------

/// "Talk to this one from now on."
struct use_atom;
/// "Tell me now, and whenever it changes."
struct follow_atom;
/// "May I log in?"
struct login_atom;
/// "May I send JOINs?"
struct join_atom;
/// "Be in exactly these channels."
struct channels_atom;
/// "Are you ready?"
struct ready_atom;
/// "Restart this one."
struct restart_atom;
/// "Finish what you have."
struct drain_atom;
/// "How do you and your children stand?"
struct tree_atom;
/// "Fail in this way."
struct fault_atom;
/// "We are known by this login."
struct own_login_atom;
/// "A token that is good, please."
struct token_atom;
/// "A token that is good, please, but I don't wait for people."
struct try_atom;
/// "The application's own token, please."
struct app_token_atom;
/// "This token was refused."
struct refused_atom;
/// "Something has changed."
struct changed_atom;
/// "What I asked for has come."
struct answered_atom;
/// "Attach this session to this shard."
struct attach_atom;
/// "This shard isn't attached any more."
struct detached_atom;
/// "Remove what nobody needs any more."
struct clean_up_atom;
/// "Something waits for you where you know."
struct collect_atom;
/// "This was granted."
struct grant_atom;
/// "Somebody has to grant this", and "not any more".
struct want_atom;
struct unwant_atom;

// -- the small interfaces, by which two actors can know each other -------------------------------------------------------

/// Whoever is kept alive by a supervisor.
using supervised_actor = caf::typed_actor<
  // Answered as soon as it can do its work. Request: an answer that never comes is a failed start.
  caf::result<void>(ready_atom),
  // The end is near, and whoever is before it in a line's way has finished: answered as soon as it has nothing left to do.
  // Request, with a deadline.
  caf::result<bool>(drain_atom)>;

/// Whoever keeps others alive; what they are is told by its children's names.
using supervising_actor = supervised_actor::extend<
  // Its supervisor core has a deadline. Only the actor itself sends this.
  caf::result<void>(caf::tick_atom),
  // Restart the descendant at this path, names with '/' between them, with a clean record. Request: an error if there is none.
  caf::result<void>(restart_atom, std::string),
  // How its descendants stand. Request.
  caf::result<std::vector<child_report>>(tree_atom),
  // Let the descendant at this path fail in this way. Only for tests, behind a switch. Request: an error if that can't be done.
  caf::result<void>(fault_atom, std::string, std::string)>;

/// Whoever can be told to fail in a special way; anybody can be killed.
using fault_target_actor = caf::typed_actor<
  // Fail in this way: a cog can `throw`, `block` and `crash`, a connection can `drop` its sockets. Notice.
  caf::result<void>(fault_atom, std::string)>;

/// Whoever owns net sessions.
using link_owner_actor = caf::typed_actor<
  // From its net sessions, in order. Numbered by the session, which keeps lines until they are released.
  caf::result<void>(link_opened), caf::result<void>(link_lines), caf::result<void>(link_closed)>;

/// Whoever takes lines for a cog.
using cog_sink_actor = caf::typed_actor<
  // The next lines, in order. Numbered: the router keeps them until `cog_progress` covers them.
  caf::result<void>(cog_batch)>;

/// Whoever writes to a chat connection.
using chat_writer_actor = caf::typed_actor<
  // Write this line. Request: true once the socket has it, false if that session is gone; repeated to the connection's
  // successor, which knows what was written. Whether Twitch took it, USERSTATE or NOTICE tell.
  caf::result<bool>(outgoing_line)>;

// -- the actors ----------------------------------------------------------------------------------------------------------

/// Hands a bot's chat lines, commands and events to its cogs.
using router_actor = supervised_actor::extend<
  // Lines of a connection. Request: answered as soon as every line is in the queue of each cog that wants it, which takes a
  // moment when a cog has to catch up; the connection keeps the lines until then, and gives no more reading credit.
  caf::result<void>(chat_batch),
  // A cog says how far it is, what it wants and where it is, and wants lines from now on, first those that aren't done yet.
  // Request: repeated by the cog when the router is replaced.
  caf::result<void>(cog_progress, cog_interest, cog_sink_actor),
  // A cog is done with lines. Notice: the next one covers it.
  caf::result<void>(cog_progress),
  // Our own login, whose commands are not obeyed. Notice: repeated at each login and to each new router.
  caf::result<void>(own_login_atom, std::string),
  // How it stands. Request.
  caf::result<router_report>(caf::get_atom)>;

/// Keeps what must be there again after the process has died: events that cogs haven't handled, and what cogs have stored. It waits
/// for the disk, and so has a thread of its own.
using store_actor = supervised_actor::extend<
  // These came. Request: answered once they are on the disk, with an error if that can't be done; repeated by the transport, for which
  // the same once more is none.
  caf::result<eventsub::receipt>(eventsub::arrivals),
  // The next events of this bot for this cog, behind this number and what it has done. Request: answered as soon as there are any;
  // repeated to its successor.
  caf::result<std::vector<eventsub::event>>(caf::get_atom, std::string, std::string, uint64_t),
  // This bot's cog of this name has no handlers for events, and isn't waited for until it asks for some. Notice: told to each successor.
  caf::result<void>(unwant_atom, std::string, std::string),
  // What a cog's handlers leave behind, in order. Request: answered once it is on the disk, with an error if that can't be done; numbered,
  // and repeated until it is.
  caf::result<void>(std::vector<cog_outcome>),
  // It is time to write what was told in this transaction, or to clean up. Only the store itself sends this.
  caf::result<void>(caf::tick_atom, uint64_t), caf::result<void>(clean_up_atom),
  // What these bots are to say for certain behind this number, see `say::durable`. Request: answered as soon as there is anything;
  // repeated to its successor.
  caf::result<std::vector<say>>(caf::get_atom, std::vector<std::string>, uint64_t),
  // It is known what became of these. Request: answered once they are forgotten; repeated until they are.
  caf::result<void>(answered_atom, std::vector<uint64_t>),
  // What has been kept under this name. Request: empty if nothing was.
  caf::result<std::string>(caf::get_atom, std::string),
  // Keep this under this name. Request: answered once it is on the disk, with an error if that can't be done.
  caf::result<void>(caf::put_atom, std::string, std::string),
  // How it stands. Request.
  caf::result<store_report>(caf::get_atom)>;

/// Everything that an account says; holds its budgets for messages, JOINs and logins.
using outbox_actor = supervised_actor::extend<
  // Say this. Request: true once accepted, false if it was counted and dropped; the cog keeps it until answered.
  caf::result<bool>(say),
  // Answered as soon as one more login is allowed. Request.
  caf::result<void>(login_atom),
  // Answered, with how many, as soon as at least one and at most so many more JOINs are allowed. Request.
  caf::result<uint64_t>(join_atom, uint64_t),
  // A bot's membership has changed, on the connection of this writer. Notice: repeated to each new outbox.
  caf::result<void>(membership_change, chat_writer_actor),
  // Twitch told who we are in a channel, and perhaps that it took a message. Request: repeated to each new outbox until answered.
  caf::result<void>(own_state),
  // Twitch sent a NOTICE, perhaps the refusal of a message. Request, like the one before.
  caf::result<void>(channel_notice),
  // Twitch's API has answered to a message. Notice: without it, the message counts as unconfirmed.
  caf::result<void>(send_verdict),
  // Get from this store what is to be said for certain. Notice: told by the account after each restart.
  caf::result<void>(use_atom, store_actor),
  // It is time to look at the queue again. Only the outbox itself sends this.
  caf::result<void>(caf::tick_atom),
  // How it stands. Request.
  caf::result<outbox_report>(caf::get_atom)>;

/// Whoever wants to know when others have changed the vault.
using vault_user_actor = caf::typed_actor<
  // Somebody has: look again. Notice: told anew after each restart of the vault.
  caf::result<void>(changed_atom)>;

/// The token vault; it waits for the disk, and so has a thread of its own.
using vault_actor = supervised_actor::extend<
  // The token that was granted as this is wanted: by this account, or, where the login is empty, by the one that the bot's owner
  // has chosen. Request: generation 0 means that there is none; an error that the vault can't be read, or that another keeper
  // sees to that account.
  caf::result<stored_token>(caf::get_atom, grant_wanted),
  // Write this, the next generation of a token. Request: true once it is on the disk, false if a newer one is there; repeated
  // to its successor, for which the same once more is right.
  caf::result<bool>(caf::put_atom, stored_token),
  // Its owner has granted this, perhaps for this bot. Request: the token with its generation, once it is on the disk.
  caf::result<stored_token>(grant_atom, stored_token, std::string),
  // Tell me, a user of this name, whenever others change something. Notice: repeated to each new vault.
  caf::result<void>(follow_atom, std::string, vault_user_actor),
  // It is time to look whether another process has. Only the vault itself sends this.
  caf::result<void>(caf::tick_atom)>;

/// Leads people through the authorisation of what is wanted, on local ports.
using authorizer_actor = supervised_actor::extend<
  // Somebody has to grant this. Notice: repeated to each new authorizer.
  caf::result<void>(want_atom, grant_wanted),
  // What has this name is wanted no more. Notice.
  caf::result<void>(unwant_atom, std::string),
  // Somebody has to grant this, and I wait for it. Request: answered with the login once that is stored, with an error if
  // it was denied or can't be done.
  caf::result<std::string>(grant_atom, grant_wanted),
  // Store in this vault from now on. Notice: told by the node after each restart.
  caf::result<void>(use_atom, vault_actor),
  // From its web server and the identity server. Notices: a browser asks again.
  caf::result<void>(browser_visit), caf::result<void>(identity_answer),
  // It is time to try a port again. Only the authorizer itself sends this.
  caf::result<void>(caf::tick_atom)>;

/// Whoever has to know an account's present outbox.
using outbox_user_actor = caf::typed_actor<
  // Talk to this outbox from now on. Notice: whoever gets no answer from the old one asks again.
  caf::result<void>(use_atom, outbox_actor)>;

/// Whoever uses an account: a bot.
using account_user_actor = outbox_user_actor::extend<
  // Somebody has granted something, to this account or to another one. Notice: what it may have helped is tried again anyway, later.
  caf::result<void>(changed_atom)>;

/// Whoever makes calls of Twitch's API.
using helix_caller_actor = caf::typed_actor<
  // Make this call. Request: answered once, with what came of it; nobody repeats it, since it may have been carried out.
  caf::result<helix::answer>(helix::request)>;

/// Whoever can be asked for accounts, by their ids, whichever of them is being restarted.
using account_directory_actor = caf::typed_actor<
  // Credentials of this account, or of the channel of this name, that are good; asked for at each dial. Request: answered as soon as
  // there are.
  caf::result<credentials>(caf::get_atom, std::string),
  // Twitch refused the credentials of this account. Notice: the next dial would tell again.
  caf::result<void>(std::string, login_refused),
  // Make this call for this account, or for the channel that it names, see `helix_caller_actor`.
  caf::result<helix::answer>(std::string, helix::request),
  // Tell me, a bot of this name, the outbox of this account, now and whenever it is replaced. Request: repeated when whoever was
  // asked is replaced.
  caf::result<void>(follow_atom, std::string, std::string, account_user_actor)>;

/// All accounts: keeps them alive, and passes on what is meant for one of them.
using accounts_actor = account_directory_actor::extend_with<supervising_actor>::extend<
  // Use this vault, or this authorizer, or this store, from now on. Notice: told by the node after each restart.
  caf::result<void>(use_atom, vault_actor), caf::result<void>(use_atom, authorizer_actor),
  caf::result<void>(use_atom, store_actor),
  // Others have changed the vault, see `vault_user_actor`.
  caf::result<void>(changed_atom),
  // How their outboxes stand. Request.
  caf::result<std::vector<outbox_report>>(caf::get_atom),
  // How their tokens stand. Request.
  caf::result<std::vector<token_report>>(token_atom)>;

/// The user token of an account: keeps it good, and gives it out.
using token_keeper_actor = supervised_actor::extend<
  // A token that is good. Request: answered as soon as there is one.
  caf::result<credentials>(caf::get_atom),
  // The same, but an error as soon as somebody has to grant it. Request.
  caf::result<credentials>(try_atom),
  // The application's own token, with the account's user id. Request: an error if Twitch gives none.
  caf::result<credentials>(app_token_atom),
  // This token was refused. Notice: whoever is refused again tells again.
  caf::result<void>(refused_atom, secret),
  // Use this vault, or this authorizer, from now on. Notice: told by the account after each restart.
  caf::result<void>(use_atom, vault_actor), caf::result<void>(use_atom, authorizer_actor),
  // Others have changed the vault, see `vault_user_actor`.
  caf::result<void>(changed_atom),
  // The identity server has answered. Only on its own behalf; what was answered is kept until it was taken, or, for an
  // application's token, asked for again.
  caf::result<void>(answered_atom), caf::result<void>(identity_answer),
  // Its deadline has come. Only the keeper itself sends this.
  caf::result<void>(caf::tick_atom),
  // How the token stands. Request.
  caf::result<token_report>(token_atom)>;

/// An account's calls of Twitch's API: in order of priority, within the rate limit, repeated where that does no harm.
using helix_actor = supervised_actor::extend_with<helix_caller_actor>::extend<
  // Get tokens from this keeper from now on. Notice: told by the account after each restart.
  caf::result<void>(use_atom, token_keeper_actor),
  // Helix has answered. Only on its own behalf.
  caf::result<void>(helix_answer),
  // Its deadline has come. Only the actor itself sends this.
  caf::result<void>(caf::tick_atom)>;

/// One Twitch account, however many bots use it: its token and its outbox, which it supervises.
using account_actor = supervising_actor::extend<
  // Credentials that are good. Request: answered as soon as there are.
  caf::result<credentials>(caf::get_atom),
  // Use this vault, or this authorizer, or this store, from now on. Notice: told by `accounts`.
  caf::result<void>(use_atom, vault_actor), caf::result<void>(use_atom, authorizer_actor),
  caf::result<void>(use_atom, store_actor),
  // How its token stands. Request.
  caf::result<token_report>(token_atom),
  // Make this call, see `helix_caller_actor`.
  caf::result<helix::answer>(helix::request),
  // Twitch refused the credentials. Notice.
  caf::result<void>(login_refused),
  // Tell me, a bot of this name, the outbox, now and whenever it is replaced. Request: repeated by `accounts`.
  caf::result<void>(follow_atom, std::string, outbox_user_actor),
  // How its outbox stands. Request.
  caf::result<outbox_report>(caf::put_atom)>;

/// One IRC connection of a bot, with its share of the channels.
using chat_connection_actor = supervised_actor::extend_with<link_owner_actor>::extend<
  // Write this line to a channel, see `chat_writer_actor`.
  caf::result<bool>(outgoing_line),
  // Talk to this router, or this outbox, from now on. Notice: told by the bot after each restart.
  caf::result<void>(use_atom, router_actor), caf::result<void>(use_atom, outbox_actor),
  // Ask these for credentials from now on. Notice: told by the bot when they are replaced.
  caf::result<void>(use_atom, account_directory_actor),
  // Be in exactly these channels. Notice: the bot tells a restarted connection again.
  caf::result<void>(channels_atom, std::vector<std::string>),
  // Its deadline has come. Only the connection itself sends this.
  caf::result<void>(caf::tick_atom),
  // Fail in this way, see `fault_target_actor`.
  caf::result<void>(fault_atom, std::string),
  // How it stands. Request.
  caf::result<connection_report>(caf::get_atom)>;

/// A bot's conduit, to which Twitch sends the bot's events, and which hands them to the sessions of its shards.
using conduit_actor = supervised_actor::extend<
  // This session takes the shard of this number. Request: answered once Twitch knows it, with an error if another one has taken its
  // place; repeated to its successor.
  caf::result<void>(attach_atom, uint64_t, std::string),
  // Twitch has told that it has disabled this conduit's shard. Notice: a session that has ended is told anyway.
  caf::result<void>(detached_atom, std::string, std::string),
  // The conduit's id. Request: answered as soon as it is another one than this; repeated to its successor.
  caf::result<std::string>(follow_atom, std::string),
  // Remember the conduit in this store from now on. Notice: told by the bot after each restart.
  caf::result<void>(use_atom, store_actor),
  // Ask these to call Twitch's API from now on. Notice: told by the bot when they are replaced.
  caf::result<void>(use_atom, account_directory_actor),
  // Its deadline has come. Only the actor itself sends this.
  caf::result<void>(caf::tick_atom),
  // How it stands. Request.
  caf::result<eventsub_report>(caf::get_atom)>;

/// One EventSub session of a bot over WebSocket, with its subscriptions, or as a shard of its conduit.
using eventsub_session_actor = supervised_actor::extend_with<link_owner_actor>::extend<
  // Hand events to this store from now on. Notice: told by the bot after each restart.
  caf::result<void>(use_atom, store_actor),
  // Ask these to call Twitch's API from now on. Notice: told by the bot when they are replaced.
  caf::result<void>(use_atom, account_directory_actor),
  // Be a shard of this conduit from now on. Notice: told by the bot after each restart.
  caf::result<void>(use_atom, conduit_actor),
  // Hand chat to this router from now on, if it comes this way. Notice: told by the bot after each restart.
  caf::result<void>(use_atom, router_actor),
  // Somebody has granted something: what was refused is tried again. Notice, see `account_user_actor`.
  caf::result<void>(changed_atom),
  // Its deadline has come. Only the session itself sends this.
  caf::result<void>(caf::tick_atom),
  // Fail in this way, see `fault_target_actor`.
  caf::result<void>(fault_atom, std::string),
  // How it stands. Request.
  caf::result<eventsub_report>(caf::get_atom)>;

/// The subscriptions of a bot whose events come over webhooks, or through a conduit: they outlive the process.
using subscription_keeper_actor = supervised_actor::extend<
  // Twitch has told this of one of them. Notice: its own list tells it again.
  caf::result<void>(eventsub::subscription_news),
  // Keep in this store what has to be remembered. Notice: told by the bot after each restart.
  caf::result<void>(use_atom, store_actor),
  // Ask these to call Twitch's API from now on. Notice: told by the bot when they are replaced.
  caf::result<void>(use_atom, account_directory_actor),
  // Its subscriptions are those of this conduit from now on. Notice: told by the bot after each restart.
  caf::result<void>(use_atom, conduit_actor),
  // Somebody has granted something: what was refused is tried again. Notice, see `account_user_actor`.
  caf::result<void>(changed_atom),
  // Its deadline has come. Only the actor itself sends this.
  caf::result<void>(caf::tick_atom),
  // How it stands. Request.
  caf::result<eventsub_report>(caf::get_atom)>;

/// A connection of a bot to a server that speaks as Twitch's PubSub did.
using pubsub_connection_actor = supervised_actor::extend_with<link_owner_actor>::extend<
  // Hand what was heard to this store from now on. Notice: told by the bot after each restart.
  caf::result<void>(use_atom, store_actor),
  // Ask these for tokens and ids from now on. Notice: told by the bot when they are replaced.
  caf::result<void>(use_atom, account_directory_actor),
  // Somebody has granted something: what was refused is tried again. Notice, see `account_user_actor`.
  caf::result<void>(changed_atom),
  // Its deadline has come. Only the connection itself sends this.
  caf::result<void>(caf::tick_atom),
  // Fail in this way, see `fault_target_actor`.
  caf::result<void>(fault_atom, std::string),
  // How it stands. Request.
  caf::result<eventsub_report>(caf::get_atom)>;

/// Writes what a bot says through Twitch's API.
using helix_sender_actor = supervised_actor::extend<
  // Write this line to a channel, see `chat_writer_actor`.
  caf::result<bool>(outgoing_line),
  // Talk to this outbox, or have calls made by these, from now on. Notice: told by the bot after each restart.
  caf::result<void>(use_atom, outbox_actor), caf::result<void>(use_atom, account_directory_actor),
  // It is time to ask for ids again. Only the sender itself sends this.
  caf::result<void>(caf::tick_atom)>;

/// One cog of a bot.
using cog_actor = supervised_actor::extend<
  // The next lines, see `cog_sink_actor`.
  caf::result<void>(cog_batch),
  // Talk to this router, or this outbox, from now on. Notice: told by the bot after each restart.
  caf::result<void>(use_atom, router_actor), caf::result<void>(use_atom, outbox_actor),
  // Ask these to call Twitch's API from now on. Notice: told by the bot when they are replaced.
  caf::result<void>(use_atom, account_directory_actor),
  // Get events from this store, and store in it, from now on. Notice: told by the bot after each restart.
  caf::result<void>(use_atom, store_actor),
  // What was to be written couldn't be: it is time to try again. Only the cog itself sends this.
  caf::result<void>(caf::tick_atom),
  // The bot is logged in and in its channels. Notice: told once to each instance.
  caf::result<void>(bot_ready),
  // Fail in this way, see `fault_target_actor`.
  caf::result<void>(fault_atom, std::string)>;

/// One entry of bots.yaml: starts its router, cogs and connections, restarts those that fail and introduces them to each
/// other.
using bot_actor = supervising_actor::extend<
  // Ask these for the account from now on. Notice: told by `bots` when they are replaced.
  caf::result<void>(use_atom, account_directory_actor),
  // The account's outbox has been replaced. Notice, see `outbox_user_actor`.
  caf::result<void>(use_atom, outbox_actor),
  // Somebody has granted something, see `account_user_actor`.
  caf::result<void>(changed_atom),
  // Let cogs use this store from now on. Notice: told by `bots` after each restart.
  caf::result<void>(use_atom, store_actor),
  // A connection has tried all its channels since it was opened: its login, and those that it has joined. Notice: told
  // again after each login.
  caf::result<void>(std::string, bot_ready),
  // Twitch has told this of one of its subscriptions. Notice, see `subscription_keeper_actor`.
  caf::result<void>(eventsub::subscription_news),
  // How it stands. Request.
  caf::result<bot_report>(caf::get_atom)>;

/// All bots: keeps them alive.
using bots_actor = supervising_actor::extend<
  // Ask these for accounts from now on. Notice: told by the node when they are replaced.
  caf::result<void>(use_atom, account_directory_actor),
  // Use this store from now on. Notice: told by the node after each restart.
  caf::result<void>(use_atom, store_actor),
  // Twitch has told this of a subscription of the bot of this name. Notice, see `subscription_keeper_actor`.
  caf::result<void>(std::string, eventsub::subscription_news),
  // How they stand. Request.
  caf::result<std::vector<bot_report>>(caf::get_atom)>;

/// A port at which Twitch's webhooks come in: hands events to the store, and answers once they are on the disk.
using webhook_listener_actor = supervised_actor::extend<
  // Genuine notifications wait at the port. Notice: it says so once, until all have been taken; a successor looks by itself.
  caf::result<void>(collect_atom),
  // Twitch has told this of a subscription of the bot of this name. Notice: its own list tells it again.
  caf::result<void>(std::string, eventsub::subscription_news),
  // Hand events to this store from now on. Notice: told by the node after each restart.
  caf::result<void>(use_atom, store_actor),
  // Tell these what becomes of subscriptions from now on. Notice: told by the node when they are replaced.
  caf::result<void>(use_atom, bots_actor),
  // It is time to say in the log what was refused. Only the listener itself sends this.
  caf::result<void>(caf::tick_atom),
  // How it stands. Request.
  caf::result<webhook_report>(caf::get_atom)>;

/// Writes down what must be known after the process has died.
using journal_actor = supervised_actor::extend<
  // Ask these from now on. Notice: told by the node when they are replaced.
  caf::result<void>(use_atom, bots_actor),
  // It is time to write. Only the journal itself sends this.
  caf::result<void>(caf::tick_atom)>;

/// Whoever wants to know when a connection has tried all its channels.
using readiness_listener_actor = caf::typed_actor<caf::result<void>(std::string, bot_ready)>;

/// Whoever is told how a bot's events come: the bot.
using event_owner_actor = readiness_listener_actor::extend<
  // Twitch has told this of one of its subscriptions. Notice, see `subscription_keeper_actor`.
  caf::result<void>(eventsub::subscription_news)>;

/// The root of the tree on this machine: starts accounts, bots and the journal. When it ends by itself, the process can't go on.
using node_actor = supervising_actor::extend<
  // How everything stands. Request.
  caf::result<node_report>(caf::get_atom)>;

} // namespace creamery

CAF_BEGIN_TYPE_ID_BLOCK(creamery, caf::first_custom_type_id)
CAF_ADD_ATOM(creamery, creamery, use_atom)
CAF_ADD_ATOM(creamery, creamery, follow_atom)
CAF_ADD_ATOM(creamery, creamery, login_atom)
CAF_ADD_ATOM(creamery, creamery, join_atom)
CAF_ADD_ATOM(creamery, creamery, channels_atom)
CAF_ADD_ATOM(creamery, creamery, ready_atom)
CAF_ADD_ATOM(creamery, creamery, restart_atom)
CAF_ADD_ATOM(creamery, creamery, drain_atom)
CAF_ADD_ATOM(creamery, creamery, tree_atom)
CAF_ADD_ATOM(creamery, creamery, fault_atom)
CAF_ADD_ATOM(creamery, creamery, own_login_atom)
CAF_ADD_ATOM(creamery, creamery, token_atom)
CAF_ADD_ATOM(creamery, creamery, try_atom)
CAF_ADD_ATOM(creamery, creamery, app_token_atom)
CAF_ADD_ATOM(creamery, creamery, refused_atom)
CAF_ADD_ATOM(creamery, creamery, changed_atom)
CAF_ADD_ATOM(creamery, creamery, answered_atom)
CAF_ADD_ATOM(creamery, creamery, attach_atom)
CAF_ADD_ATOM(creamery, creamery, detached_atom)
CAF_ADD_ATOM(creamery, creamery, clean_up_atom)
CAF_ADD_ATOM(creamery, creamery, collect_atom)
CAF_ADD_ATOM(creamery, creamery, grant_atom)
CAF_ADD_ATOM(creamery, creamery, want_atom)
CAF_ADD_ATOM(creamery, creamery, unwant_atom)

CAF_ADD_TYPE_ID(creamery, (creamery::bot_ready))
CAF_ADD_TYPE_ID(creamery, (creamery::bot_report))
CAF_ADD_TYPE_ID(creamery, (creamery::browser_visit))
CAF_ADD_TYPE_ID(creamery, (creamery::channel_notice))
CAF_ADD_TYPE_ID(creamery, (creamery::channel_report))
CAF_ADD_TYPE_ID(creamery, (creamery::chat_batch))
CAF_ADD_TYPE_ID(creamery, (creamery::child_report))
CAF_ADD_TYPE_ID(creamery, (creamery::cog_batch))
CAF_ADD_TYPE_ID(creamery, (creamery::cog_interest))
CAF_ADD_TYPE_ID(creamery, (creamery::cog_line))
CAF_ADD_TYPE_ID(creamery, (creamery::cog_outcome))
CAF_ADD_TYPE_ID(creamery, (creamery::cog_progress))
CAF_ADD_TYPE_ID(creamery, (creamery::cog_report))
CAF_ADD_TYPE_ID(creamery, (creamery::connection_report))
CAF_ADD_TYPE_ID(creamery, (creamery::credentials))
CAF_ADD_TYPE_ID(creamery, (creamery::delivery_counters))
CAF_ADD_TYPE_ID(creamery, (creamery::dispatch_counters))
CAF_ADD_TYPE_ID(creamery, (creamery::eventsub_report))
CAF_ADD_TYPE_ID(creamery, (creamery::eventsub::arrivals))
CAF_ADD_TYPE_ID(creamery, (creamery::eventsub::event))
CAF_ADD_TYPE_ID(creamery, (creamery::eventsub::receipt))
CAF_ADD_TYPE_ID(creamery, (creamery::eventsub::subscription_news))
CAF_ADD_TYPE_ID(creamery, (creamery::grant_wanted))
CAF_ADD_TYPE_ID(creamery, (creamery::helix::answer))
CAF_ADD_TYPE_ID(creamery, (creamery::helix::request))
CAF_ADD_TYPE_ID(creamery, (creamery::helix_answer))
CAF_ADD_TYPE_ID(creamery, (creamery::identity_answer))
CAF_ADD_TYPE_ID(creamery, (creamery::irc_index))
CAF_ADD_TYPE_ID(creamery, (creamery::link_closed))
CAF_ADD_TYPE_ID(creamery, (creamery::link_lines))
CAF_ADD_TYPE_ID(creamery, (creamery::link_opened))
CAF_ADD_TYPE_ID(creamery, (creamery::login_refused))
CAF_ADD_TYPE_ID(creamery, (creamery::membership_change))
CAF_ADD_TYPE_ID(creamery, (creamery::node_report))
CAF_ADD_TYPE_ID(creamery, (creamery::outbox_report))
CAF_ADD_TYPE_ID(creamery, (creamery::outgoing_line))
CAF_ADD_TYPE_ID(creamery, (creamery::own_state))
CAF_ADD_TYPE_ID(creamery, (creamery::reading_gap))
CAF_ADD_TYPE_ID(creamery, (creamery::router_report))
CAF_ADD_TYPE_ID(creamery, (creamery::say))
CAF_ADD_TYPE_ID(creamery, (creamery::send_counters))
CAF_ADD_TYPE_ID(creamery, (creamery::send_verdict))
CAF_ADD_TYPE_ID(creamery, (creamery::secret))
CAF_ADD_TYPE_ID(creamery, (creamery::store_report))
CAF_ADD_TYPE_ID(creamery, (creamery::stored_token))
CAF_ADD_TYPE_ID(creamery, (creamery::token_report))
CAF_ADD_TYPE_ID(creamery, (creamery::webhook_report))
CAF_ADD_TYPE_ID(creamery, (std::vector<creamery::bot_report>))
CAF_ADD_TYPE_ID(creamery, (std::vector<creamery::child_report>))
CAF_ADD_TYPE_ID(creamery, (std::vector<creamery::cog_outcome>))
CAF_ADD_TYPE_ID(creamery, (std::vector<creamery::eventsub::event>))
CAF_ADD_TYPE_ID(creamery, (std::vector<creamery::outbox_report>))
CAF_ADD_TYPE_ID(creamery, (std::vector<creamery::token_report>))
CAF_ADD_TYPE_ID(creamery, (std::vector<creamery::webhook_report>))
CAF_ADD_TYPE_ID(creamery, (std::vector<creamery::say>))
CAF_ADD_TYPE_ID(creamery, (std::vector<std::string>))
CAF_ADD_TYPE_ID(creamery, (std::vector<uint64_t>))

CAF_ADD_TYPE_ID(creamery, (creamery::account_directory_actor))
CAF_ADD_TYPE_ID(creamery, (creamery::account_user_actor))
CAF_ADD_TYPE_ID(creamery, (creamery::authorizer_actor))
CAF_ADD_TYPE_ID(creamery, (creamery::bots_actor))
CAF_ADD_TYPE_ID(creamery, (creamery::conduit_actor))
CAF_ADD_TYPE_ID(creamery, (creamery::chat_writer_actor))
CAF_ADD_TYPE_ID(creamery, (creamery::cog_sink_actor))
CAF_ADD_TYPE_ID(creamery, (creamery::outbox_actor))
CAF_ADD_TYPE_ID(creamery, (creamery::outbox_user_actor))
CAF_ADD_TYPE_ID(creamery, (creamery::router_actor))
CAF_ADD_TYPE_ID(creamery, (creamery::store_actor))
CAF_ADD_TYPE_ID(creamery, (creamery::token_keeper_actor))
CAF_ADD_TYPE_ID(creamery, (creamery::vault_actor))
CAF_ADD_TYPE_ID(creamery, (creamery::vault_user_actor))
CAF_END_TYPE_ID_BLOCK(creamery)
