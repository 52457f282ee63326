#include "runtime/oauth/pages.hpp"

namespace creamery::oauth {

namespace {

/// @param body HTML. @param title text.
std::string make_page(std::string_view title, std::string_view body) {
  auto name = escape_html(title);
  return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + name
         + " – Creamery</title><meta name=\"viewport\" content=\"width=device-width\"><style>"
           "body{font:16px/1.5 system-ui,sans-serif;background:#f7f4ef;color:#2b2118;display:grid;place-items:center;"
           "min-height:100vh;margin:0}main{background:#fff;padding:2rem 2.5rem;border-radius:12px;max-width:36rem;"
           "box-shadow:0 2px 12px #0002}h1{font-size:1.35rem;margin-top:0}a.button{display:inline-block;padding:.55rem "
           "1.1rem;border-radius:8px;background:#6441a5;color:#fff;text-decoration:none}code{background:#f0ebe3;"
           "padding:.1em .35em;border-radius:4px}</style></head><body><main><h1>"
         + name + "</h1>" + std::string{body} + "</main></body></html>\n";
}

std::string whom(const grant_wanted& what) {
  if (!what.channel.empty())
    return "bot <b>" + escape_html(what.bot) + "</b>, in the channel of <b>" + escape_html(what.channel) + "</b>";
  return "bot <b>" + escape_html(what.bot) + "</b>";
}

std::string button(const grant_wanted& what, std::string_view text) {
  return "<p><a class=\"button\" href=\"/start/" + escape_html(what.name()) + "\">" + std::string{text} + "</a></p>";
}

} // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (auto c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string overview_page(const std::map<std::string, grant_wanted>& wanted) {
  if (wanted.empty())
    return make_page("Nothing to authorise", "<p>No bot waits for an authorisation here.</p>");
  std::string body =
    "<p>Log in at Twitch with the account that is named, not with your own, unless they are the same.</p>";
  for (const auto& [name, what] : wanted) {
    body += "<p>The " + whom(what) + " needs an authorisation";
    if (!what.login.empty())
      body += " of the account <b>" + escape_html(what.login) + "</b>";
    body += what.reason.empty() ? "." : ": " + escape_html(what.reason) + ".";
    body += "</p>" + button(what, "Authorise " + escape_html(name));
  }
  return make_page("Authorise your bots", body);
}

std::string success_page(const grant_wanted& what, std::string_view login) {
  return make_page("Done", "<p>The " + whom(what) + " may now act for <b>" + escape_html(login)
                             + "</b>. You can close this page.</p>");
}

std::string failure_page(const grant_wanted& what, std::string_view why, bool may_try_again) {
  return make_page("That did not work", "<p>The " + whom(what) + " was not authorised: " + escape_html(why) + ".</p>"
                                          + (may_try_again ? button(what, "Try again") : std::string{}));
}

std::string error_page(std::string_view title, std::string_view text) {
  return make_page(title, "<p>" + escape_html(text) + "</p>");
}

} // namespace creamery::oauth
