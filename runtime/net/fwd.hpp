#pragma once

namespace creamery {

class byte_stream;
class credit_window;
class dialer;
class http_client;
class http_connection;
class http_pool;
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
struct http_answer;
struct http_call;
struct http_client_options;
struct http_failure;
struct http_job;
struct http_proxy;
struct http_url;
struct net_context_options;
struct net_error;
struct net_options;
struct net_statistics;
struct net_timeouts;
struct proxy_rules;

} // namespace creamery
