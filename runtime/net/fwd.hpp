#pragma once

namespace creamery {

class byte_stream;
class credit_window;
class dialer;
class line_splitter;
class net_context;
class net_core;
class net_listener;
class net_session;
class receive_buffer;
class send_queue;
class session_state;
class slab_pool;

struct endpoint;
struct http_proxy;
struct net_context_options;
struct net_error;
struct net_options;
struct net_statistics;
struct net_timeouts;
struct proxy_rules;

} // namespace creamery
