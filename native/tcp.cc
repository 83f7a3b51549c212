// TCP sockets that never wait, and the table of those that are watched: for a host that polls, which the C library is. Node's
// own sockets do not serve there: their bytes move between the program's calls alone if the whole event loop turns in them, and
// libuv writes without MSG_NOSIGNAL, so that a peer who hangs up would end the program by SIGPIPE.
//
// All results that are negative are -errno.

#include "addon.h"

#if defined(__linux__)

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>

#include "args.h"

namespace {

constexpr size_t SEND_PARTS = 64;
constexpr size_t EVENTS_MAX = 64;
constexpr size_t ADDRESS_BYTES = 16;
// A peer's address and its port.
constexpr size_t SOURCE_BYTES = ADDRESS_BYTES + 2;
constexpr size_t BACKLOG_MAX = 4096;
constexpr size_t DESCRIPTOR_MAX = INT32_MAX;
constexpr uint32_t READABLE = 1;
constexpr uint32_t WRITABLE = 2;

Napi::Value number(Napi::Env env, double value) { return Napi::Number::New(env, value); }

Napi::Value range_error(Napi::Env env, const char *text) {
  napi_throw_range_error(env, nullptr, text);
  return Napi::Value();
}

class TcpSocket : public Napi::ObjectWrap<TcpSocket> {
 public:
  explicit TcpSocket(const Napi::CallbackInfo &info) : Napi::ObjectWrap<TcpSocket>(info) {}
  ~TcpSocket() override { release(); }

  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "TcpSocket",
                       {
                           InstanceMethod("connect", &TcpSocket::connect),
                           InstanceMethod("listen", &TcpSocket::listen),
                           InstanceMethod("accept", &TcpSocket::accept),
                           InstanceMethod("outcome", &TcpSocket::outcome),
                           InstanceMethod("receive", &TcpSocket::receive),
                           InstanceMethod("send", &TcpSocket::send),
                           InstanceMethod("descriptor", &TcpSocket::descriptor),
                           InstanceMethod("close", &TcpSocket::close),
                       });
  }

 private:
  int fd_ = -1;

  void release() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  // Gives the descriptor back where a step of opening failed.
  Napi::Value opened(int result) {
    if (result < 0) release();
    return number(Env(), result);
  }

  int open(int domain) {
    if (fd_ >= 0) return -EISCONN;
    fd_ = ::socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return fd_ < 0 ? -errno : 0;
  }

  bool set_option(int level, int name, int value) {
    return ::setsockopt(fd_, level, name, &value, sizeof(value)) == 0;
  }

  // What one turn writes is written at once: nothing is gained by the kernel's waiting for more.
  void send_at_once() { set_option(IPPROTO_TCP, TCP_NODELAY, 1); }

  // connect(family: 4 | 6, address, port): 0 when the attempt has begun.
  Napi::Value connect(const Napi::CallbackInfo &info) {
    sockaddr_in6 where;
    socklen_t length = 0;
    if (!address_args(info, 1, &where, &length)) return Napi::Value();
    int result = open(where.sin6_family);
    if (result < 0) return number(Env(), result);
    send_at_once();
    do {
      result = ::connect(fd_, reinterpret_cast<sockaddr *>(&where), length);
    } while (result < 0 && errno == EINTR);
    return opened(result == 0 || errno == EINPROGRESS ? 0 : -errno);
  }

  // outcome(): 0 when the attempt has come to a connection; asked once the socket is writable.
  Napi::Value outcome(const Napi::CallbackInfo &) {
    int error = 0;
    socklen_t length = sizeof(error);
    if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
    return number(Env(), -error);
  }

  // listen(family: 4 | 6, address, port, backlog): the port. An IPv6 socket takes IPv4 as well.
  Napi::Value listen(const Napi::CallbackInfo &info) {
    sockaddr_in6 where;
    socklen_t length = 0;
    size_t backlog = 0;
    if (!address_args(info, 0, &where, &length)) return Napi::Value();
    if (!count_arg(Env(), info[3], "backlog", BACKLOG_MAX, &backlog)) return Napi::Value();
    const int result = open(where.sin6_family);
    if (result < 0) return number(Env(), result);
    if (where.sin6_family == AF_INET6 && !set_option(IPPROTO_IPV6, IPV6_V6ONLY, 0)) return opened(-errno);
    // Connections of an earlier run that the kernel still remembers do not take the port.
    set_option(SOL_SOCKET, SO_REUSEADDR, 1);
    if (::bind(fd_, reinterpret_cast<sockaddr *>(&where), length) != 0) return opened(-errno);
    if (::listen(fd_, static_cast<int>(backlog)) != 0) return opened(-errno);
    // The port stands at the same place in both kinds of address.
    length = sizeof(where);
    if (::getsockname(fd_, reinterpret_cast<sockaddr *>(&where), &length) != 0) return opened(-errno);
    return number(Env(), ntohs(where.sin6_port));
  }

  // accept(listening: a descriptor, source: Uint8Array of 18): the family, with the peer's address and port (big endian) in
  // `source`.
  Napi::Value accept(const Napi::CallbackInfo &info) {
    size_t listening = 0;
    Bytes source;
    if (!count_arg(Env(), info[0], "listening", DESCRIPTOR_MAX, &listening)) return Napi::Value();
    if (!fixed_bytes_arg(Env(), info[1], "source", SOURCE_BYTES, &source)) return Napi::Value();
    if (fd_ >= 0) return number(Env(), -EISCONN);
    sockaddr_in6 from;
    socklen_t length = sizeof(from);
    memset(&from, 0, sizeof(from));
    do {
      fd_ = ::accept4(static_cast<int>(listening), reinterpret_cast<sockaddr *>(&from), &length,
                      SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (fd_ < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (fd_ < 0) return number(Env(), -errno);
    send_at_once();
    return number(Env(), write_source(from, source.data));
  }

  static int write_source(const sockaddr_in6 &from, uint8_t *source) {
    memcpy(source + ADDRESS_BYTES, &from.sin6_port, sizeof(from.sin6_port));
    if (from.sin6_family == AF_INET) {
      memcpy(source, &reinterpret_cast<const sockaddr_in *>(&from)->sin_addr, sizeof(in_addr));
      return 4;
    }
    const bool is_mapped = IN6_IS_ADDR_V4MAPPED(&from.sin6_addr);
    memcpy(source, &from.sin6_addr.s6_addr[is_mapped ? 12 : 0], is_mapped ? sizeof(in_addr) : ADDRESS_BYTES);
    return is_mapped ? 4 : 6;
  }

  // receive(arena: Uint8Array): how many bytes came, 0 when the peer sends no more.
  Napi::Value receive(const Napi::CallbackInfo &info) {
    Bytes arena;
    if (!bytes_arg(Env(), info[0], "arena", &arena)) return Napi::Value();
    if (arena.length == 0) return range_error(Env(), "the arena is empty");
    ssize_t count;
    do {
      count = ::recv(fd_, arena.data, arena.length, MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    return number(Env(), count < 0 ? -errno : static_cast<double>(count));
  }

  // send(parts: Uint8Array[], first, skip): sends parts from `first` on, at most SEND_PARTS, without the first `skip` bytes
  // of that one. How many bytes the system took.
  Napi::Value send(const Napi::CallbackInfo &info) {
    const napi_env env = Env();
    uint32_t count = 0;
    size_t first = 0, skip = 0;
    if (napi_get_array_length(env, info[0], &count) != napi_ok) return range_error(env, "parts must be an array");
    if (!count_arg(env, info[1], "first", count, &first)) return Napi::Value();
    if (!count_arg(env, info[2], "skip", UINT32_MAX, &skip)) return Napi::Value();
    iovec parts[SEND_PARTS];
    const size_t used = std::min<size_t>(count - first, SEND_PARTS);
    for (size_t i = 0; i < used; i++) {
      napi_value element = nullptr;
      Bytes part;
      if (napi_get_element(env, info[0], static_cast<uint32_t>(first + i), &element) != napi_ok) return Napi::Value();
      if (!bytes_arg(env, element, "a part", &part)) return Napi::Value();
      const size_t left_out = i == 0 ? skip : 0;
      if (left_out > part.length) return range_error(env, "skip is more than the first part");
      parts[i] = {part.data + left_out, part.length - left_out};
    }
    msghdr message;
    memset(&message, 0, sizeof(message));
    message.msg_iov = parts;
    message.msg_iovlen = used;
    ssize_t sent;
    do {
      sent = ::sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return number(env, sent < 0 ? -errno : static_cast<double>(sent));
  }

  // The arguments family, address and port, which may be `least` or above, as the system wants them.
  bool address_args(const Napi::CallbackInfo &info, size_t least, sockaddr_in6 *out, socklen_t *length) {
    size_t family = 0, port = 0;
    Bytes address;
    if (!count_arg(Env(), info[0], "family", 6, &family)) return false;
    if (family != 4 && family != 6) {
      range_error(Env(), "family must be 4 or 6");
      return false;
    }
    const size_t size = family == 4 ? sizeof(in_addr) : ADDRESS_BYTES;
    if (!fixed_bytes_arg(Env(), info[1], "address", size, &address)) return false;
    if (!count_arg(Env(), info[2], "port", UINT16_MAX, &port)) return false;
    if (port < least) {
      range_error(Env(), "port must not be 0");
      return false;
    }
    memset(out, 0, sizeof(*out));
    out->sin6_port = htons(static_cast<uint16_t>(port));
    out->sin6_family = family == 4 ? AF_INET : AF_INET6;
    *length = family == 4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    void *const target = family == 4 ? static_cast<void *>(&reinterpret_cast<sockaddr_in *>(out)->sin_addr)
                                     : static_cast<void *>(&out->sin6_addr);
    memcpy(target, address.data, size);
    return true;
  }

  // descriptor(): the system's number of the socket, -1 when it is closed.
  Napi::Value descriptor(const Napi::CallbackInfo &) { return number(Env(), fd_); }

  // Gives the descriptor back at once; safe at any time and twice.
  Napi::Value close(const Napi::CallbackInfo &) {
    release();
    return Env().Undefined();
  }
};

// Which of many sockets are ready. Its descriptor is readable when any of them is: a caller can poll that one alone.
class Readiness : public Napi::ObjectWrap<Readiness> {
 public:
  explicit Readiness(const Napi::CallbackInfo &info) : Napi::ObjectWrap<Readiness>(info) {}
  ~Readiness() override { release(); }

  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Readiness",
                       {
                           StaticValue("EVENTS_MAX", Napi::Number::New(env, EVENTS_MAX)),
                           InstanceMethod("watch", &Readiness::watch),
                           InstanceMethod("change", &Readiness::change),
                           InstanceMethod("ready", &Readiness::ready),
                           InstanceMethod("descriptor", &Readiness::descriptor),
                           InstanceMethod("close", &Readiness::close),
                       });
  }

 private:
  int fd_ = -1;
  bool is_closed_ = false;

  void release() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    is_closed_ = true;
  }

  // Opened when it is first needed, and tried again as often as the system has no room for it.
  bool is_open() {
    if (fd_ >= 0) return true;
    errno = EBADF;
    if (!is_closed_) fd_ = ::epoll_create1(EPOLL_CLOEXEC);
    return fd_ >= 0;
  }

  // watch(descriptor, key, interest): 0. `ready` tells the key; bit 0 of `interest`: readable, bit 1: writable. A descriptor
  // that is closed is forgotten by itself.
  Napi::Value watch(const Napi::CallbackInfo &info) { return control(info, EPOLL_CTL_ADD); }

  // change(descriptor, key, interest): 0.
  Napi::Value change(const Napi::CallbackInfo &info) { return control(info, EPOLL_CTL_MOD); }

  Napi::Value control(const Napi::CallbackInfo &info, int operation) {
    size_t descriptor = 0, key = 0, interest = 0;
    if (!count_arg(Env(), info[0], "descriptor", DESCRIPTOR_MAX, &descriptor)) return Napi::Value();
    if (!count_arg(Env(), info[1], "key", INT32_MAX, &key)) return Napi::Value();
    if (!count_arg(Env(), info[2], "interest", READABLE | WRITABLE, &interest)) return Napi::Value();
    epoll_event event;
    memset(&event, 0, sizeof(event));
    event.events = ((interest & READABLE) != 0 ? uint32_t{EPOLLIN} : 0) |
                   ((interest & WRITABLE) != 0 ? uint32_t{EPOLLOUT} : 0);
    event.data.u64 = key;
    const bool done = is_open() && ::epoll_ctl(fd_, operation, static_cast<int>(descriptor), &event) == 0;
    return number(Env(), done ? 0 : -errno);
  }

  // ready(out: Int32Array): how many are ready, without waiting; of each its key and what it is ready for. An error counts as
  // both, since the next call on the socket tells it.
  Napi::Value ready(const Napi::CallbackInfo &info) {
    Ints out;
    if (!ints_arg(Env(), info[0], "out", &out)) return Napi::Value();
    const size_t room = std::min(out.length / 2, EVENTS_MAX);
    if (room == 0) return range_error(Env(), "out has no room for one socket");
    if (fd_ < 0) return number(Env(), 0);
    epoll_event events[EVENTS_MAX];
    int count;
    do {
      count = ::epoll_wait(fd_, events, static_cast<int>(room), 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return number(Env(), -errno);
    for (int i = 0; i < count; i++) {
      const uint32_t is_broken = events[i].events & (EPOLLERR | EPOLLHUP);
      uint32_t what = is_broken != 0 ? READABLE | WRITABLE : 0;
      if ((events[i].events & EPOLLIN) != 0) what |= READABLE;
      if ((events[i].events & EPOLLOUT) != 0) what |= WRITABLE;
      out.data[2 * i] = static_cast<int32_t>(events[i].data.u64);
      out.data[2 * i + 1] = static_cast<int32_t>(what);
    }
    return number(Env(), count);
  }

  // descriptor(): the system's number, -1 while there is none.
  Napi::Value descriptor(const Napi::CallbackInfo &) { return number(Env(), fd_); }

  Napi::Value close(const Napi::CallbackInfo &) {
    release();
    return Env().Undefined();
  }
};

}  // namespace

void register_tcp(Napi::Env env, Napi::Object exports) {
  exports.Set("TcpSocket", TcpSocket::define(env));
  exports.Set("Readiness", Readiness::define(env));
}

#else

// Elsewhere there is no C library.
void register_tcp(Napi::Env, Napi::Object) {}

#endif
