#include "simulator/identity_pages.hpp"

namespace creamery::simulator {

namespace {

constexpr std::string_view style = R"(
body{font:16px/1.5 system-ui,sans-serif;background:#f4f1fa;color:#1f1a2b;display:grid;place-items:center;min-height:95vh}
main{background:#fff;padding:2rem 2.5rem;border-radius:1rem;box-shadow:0 2px 18px #0002;max-width:30rem}
h1{font-size:1.3rem;margin-top:0} code{background:#f0ecf8;border-radius:.3rem;padding:.1rem .35rem}
ul{padding-left:1.2rem} .mistake{color:#b00020} label{display:block;margin-bottom:1.2rem}
input{display:block;font:inherit;padding:.4rem .6rem;border:1px solid #bbb;border-radius:.4rem;width:100%;box-sizing:border-box}
button{font:inherit;padding:.5rem 1.2rem;border:0;border-radius:.4rem;cursor:pointer;background:#e6e1f0}
#approve{background:#6f42c1;color:#fff;margin-right:.6rem}
)";

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
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

http_answer page(unsigned status, std::string_view title, const std::string& content) {
  std::string html{"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                   "<meta name=\"viewport\" content=\"width=device-width\"><title>"};
  html.append(escaped(title)).append("</title><style>").append(style).append("</style></head>\n<body><main><h1>");
  html.append(escaped(title)).append("</h1>\n").append(content).append("</main></body></html>\n");
  return {.status = status,
          .body = std::move(html),
          .content_type = "text/html; charset=utf-8",
          .headers = {{"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"},
                      {"X-Frame-Options", "DENY"}}};
}

} // namespace

http_answer consent_page(const consent_page_facts& facts) {
  auto title = std::string{facts.app} + " wants to access an account";
  std::string content;
  if (!facts.mistake.empty())
    content.append("<p class=\"mistake\">").append(escaped(facts.mistake)).append("</p>\n");
  if (facts.scopes.empty()) {
    content += "<p>It only wants to know who you are.</p>\n";
  } else {
    content += "<p>It asks for:</p><ul>\n";
    for (const auto& scope : facts.scopes)
      content.append("<li><code>").append(escaped(scope)).append("</code></li>\n");
    content += "</ul>\n";
  }
  content.append("<form method=\"post\" action=\"").append(escaped(facts.action)).append("\">\n");
  for (const auto& [name, value] : facts.hidden)
    content.append("<input type=\"hidden\" name=\"")
      .append(escaped(name))
      .append("\" value=\"")
      .append(escaped(value))
      .append("\">\n");
  content.append("<label for=\"login\">Account (login)<input id=\"login\" name=\"login\" autofocus value=\"")
    .append(escaped(facts.login))
    .append("\"></label>\n"
            "<button id=\"approve\" name=\"decision\" value=\"approve\">Authorize</button>\n"
            "<button id=\"deny\" name=\"decision\" value=\"deny\">Cancel</button>\n</form>\n");
  return page(facts.mistake.empty() ? 200 : 400, title, content);
}

http_answer message_page(unsigned status, std::string_view title, std::string_view text) {
  return page(status, title, "<p>" + escaped(text) + "</p>\n");
}

} // namespace creamery::simulator
