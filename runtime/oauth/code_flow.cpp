#include "runtime/oauth/code_flow.hpp"

#include "runtime/oauth/pages.hpp"

#include <boost/url/encoding_opts.hpp>
#include <boost/url/parse_query.hpp>

#include <algorithm>
#include <utility>

namespace creamery::oauth {

namespace {

using parameters = std::map<std::string, std::string, std::less<>>;

/// The parameters of a query, decoded, '+' as a space; of several with one name the first counts. Nothing: it is no query.
std::optional<parameters> parse(std::string_view query) {
  const std::string text{query}; // Boost 1.81 looks for a zero at the end, whatever the view says
  auto parsed = boost::urls::parse_query(text);
  if (!parsed)
    return std::nullopt;
  parameters result;
  boost::urls::encoding_opts options;
  options.space_as_plus = true;
  for (const auto& one : *parsed)
    result.emplace(one.key.decode(options), one.has_value ? one.value.decode(options) : std::string{});
  return result;
}

std::string value_of(const parameters& all, std::string_view name) {
  auto found = all.find(name);
  return found == all.end() ? std::string{} : found->second;
}

} // namespace

std::string redirect_uri(uint16_t port) {
  return "http://localhost:" + std::to_string(port);
}

std::string start_url(const grant_wanted& what) {
  return redirect_uri(what.port) + "/start/" + what.name();
}

void code_flow::want(grant_wanted what) {
  auto name = what.name();
  wanted_.insert_or_assign(std::move(name), std::move(what));
}

void code_flow::forget(const std::string& name) {
  wanted_.erase(name);
  std::erase_if(flows_, [&](const auto& x) { return x.second.what.name() == name; });
}

visit_outcome code_flow::visit(std::string_view path, std::string_view query, time_point now) {
  constexpr std::string_view start_path = "/start/";
  if (path.starts_with(start_path))
    return start(std::string{path.substr(start_path.size())}, now);
  if (path != "/")
    return page{404, error_page("There is nothing here", "This page belongs to no step of the authorisation.")};
  if (query.empty())
    return page{200, overview_page(wanted_)};
  return come_back(query, now);
}

visit_outcome code_flow::start(const std::string& name, time_point now) {
  auto found = wanted_.find(name);
  if (found == wanted_.end())
    return page{404, error_page("Nothing to authorise", "No bot of this name waits for an authorisation.")};
  std::erase_if(flows_, [&](const auto& x) { return now - x.second.begun >= patience; });
  if (flows_.size() >= max_flows)
    flows_.erase(std::min_element(flows_.begin(), flows_.end(),
                                  [](const auto& a, const auto& b) { return a.second.begun < b.second.begun; }));
  const auto& what = found->second;
  auto state = random_();
  flows_.insert_or_assign(state, flow{what, now});
  // Whoever is logged in at Twitch with another account than the bot's has to be able to change that.
  return redirect{authorize_url(base_, what.client_id, redirect_uri(what.port), what.scopes, state, true)};
}

visit_outcome code_flow::come_back(std::string_view query, time_point now) {
  auto all = parse(query);
  if (!all)
    return page{400, error_page("This is no answer of Twitch's", "The address is damaged. Please begin again.")};
  auto found = flows_.find(value_of(*all, "state"));
  if (found == flows_.end() || now - found->second.begun >= patience)
    return page{400,
                error_page("This answer belongs to no question of ours",
                           "It was begun somewhere else, used already, or took longer than 15 minutes. Nothing was "
                           "changed. Please begin again.")};
  auto what = std::move(flows_.extract(found).mapped().what); // each is good for one answer
  auto code = value_of(*all, "code");
  auto error = value_of(*all, "error");
  if (!error.empty() || code.empty()) {
    auto description = value_of(*all, "error_description");
    return grant_denied{std::move(what),
                        description.empty() ? (error.empty() ? "there is no code" : error) : description};
  }
  return code_received{std::move(what), secret::taken_from(code)};
}

} // namespace creamery::oauth
