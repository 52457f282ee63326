// Asio and Beast are compiled here, once, and only declared everywhere else (BOOST_ASIO_SEPARATE_COMPILATION,
// BOOST_BEAST_SEPARATE_COMPILATION).

#include <boost/asio/impl/src.hpp>

#include <boost/asio/ssl/impl/src.hpp>

#include <boost/beast/src.hpp>
