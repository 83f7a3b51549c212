// A UDP socket that moves datagrams in batches: recvmmsg with UDP_GRO, sendmmsg with UDP_SEGMENT, one native call a
// turn. Its portable twin is src/host/dgram-udp.ts; one table of tests runs on both.
//
// JavaScript owns the arenas and hands them in on every call, so this file keeps no pointer into memory that a script
// can detach. A packet is one row of eight 32-bit words: offset, length, family (4 or 6), port, and the address as it
// stands in the packet, 16 bytes (IPv4 in the first four). Row 0 of a received batch is its head: word 0 tells
// whether more may wait.
//
// A stranger decides what arrives and how fast: a call takes at most RECEIVE_MESSAGES messages, so that a flood
// cannot hold the event loop. An address that cannot be reached costs its own packet only.

#include "addon.h"

#if defined(__linux__)

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <algorithm>
#include <memory>

#include "args.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

namespace {

constexpr size_t ROW_WORDS = 8;
constexpr size_t ROW_BYTES = ROW_WORDS * sizeof(int32_t);

// Messages a receive call takes. With GRO each may hold up to SEGMENTS_IN_MAX packets.
constexpr size_t RECEIVE_MESSAGES = 32;
// One message with GRO is up to 64 KiB; the odd 22 cache lines keep the slots from sharing the same cache sets.
constexpr size_t SLOT_BYTES = 65536 + 22 * 64;
// The kernel joins at most 64 packets (128 since Linux 6.11).
constexpr size_t SEGMENTS_IN_MAX = 128;

// Messages of one sendmmsg call, and packets of one UDP_SEGMENT message (the limit of kernels before 6.11).
constexpr size_t SEND_MESSAGES = 64;
constexpr size_t SEND_PARTS = 256;
constexpr size_t SEGMENTS_OUT_MAX = 64;
// Largest payload of one UDP_SEGMENT message: 65,535 less the IPv4 and UDP heads, rounded down.
constexpr size_t SEGMENTED_BYTES_MAX = 65000;
// After the kernel refused a segmented message (route or device without support), so many messages go out plain.
constexpr int PLAIN_AFTER_REFUSAL = 256;

// c-toxcore asks for the same; the kernel grants what rmem_max and wmem_max allow.
constexpr int SOCKET_BUFFER_BYTES = 2 * 1024 * 1024;

// Packet kinds that `spread` can name: each is one step of its filter.
constexpr size_t KINDS_MAX = 32;

// The largest UDP payload that IPv4 can carry.
constexpr uint32_t PAYLOAD_MAX = 65507;

// Link-local neighbours whose interface is remembered; one that collides with another is sent to by the system's choice.
constexpr size_t NEIGHBOURS = 256;

struct Row {
  uint32_t offset;
  uint32_t length;
  int32_t family;
  int32_t port;
  uint8_t address[16];
};
static_assert(sizeof(Row) == ROW_BYTES, "a row is eight words");

// A typed array's rows; a part of a row at the end does not count.
struct Rows {
  uint8_t *data = nullptr;
  size_t count = 0;
};

bool rows_arg(napi_env env, napi_value value, Rows *out) {
  Ints words;
  if (!ints_arg(env, value, "rows", &words)) return false;
  out->data = reinterpret_cast<uint8_t *>(words.data);
  out->count = words.length / ROW_WORDS;
  return true;
}

// Copied out at once: the memory may be shared with another thread, and what was checked must be what is used.
Row load_row(const Rows &rows, size_t index) {
  Row row;
  memcpy(&row, rows.data + index * ROW_BYTES, ROW_BYTES);
  return row;
}

bool is_mapped(const in6_addr &address) { return IN6_IS_ADDR_V4MAPPED(&address); }

void map_ipv4(const uint8_t *ipv4, in6_addr *out) {
  memset(out, 0, sizeof(*out));
  out->s6_addr[10] = 0xff;
  out->s6_addr[11] = 0xff;
  memcpy(&out->s6_addr[12], ipv4, 4);
}

// A link-local address means something on one link alone, and a row does not name links: each such address is sent to by
// the interface on which it was heard last.
class NeighbourLinks {
 public:
  void learn(const in6_addr &address, uint32_t scope) { slots_[slot_of(address)] = {address, scope}; }

  // The interface's index; 0 leaves the choice to the system.
  uint32_t find(const in6_addr &address) const {
    const Slot &slot = slots_[slot_of(address)];
    return memcmp(&slot.address, &address, sizeof(address)) == 0 ? slot.scope : 0;
  }

 private:
  struct Slot {
    in6_addr address;
    uint32_t scope;
  };
  Slot slots_[NEIGHBOURS] = {};

  static size_t slot_of(const in6_addr &address) {
    size_t hash = 0;
    for (size_t i = 8; i < 16; i++) hash = hash * 31 + address.s6_addr[i];
    return hash % NEIGHBOURS;
  }
};

class UdpSocket;

// The handle outlives the socket object by the turn that libuv needs to close it.
struct Poll {
  uv_poll_t handle;
  UdpSocket *owner;
  napi_async_cleanup_hook_handle hook;
};

class UdpSocket : public Napi::ObjectWrap<UdpSocket> {
 public:
  explicit UdpSocket(const Napi::CallbackInfo &info) : Napi::ObjectWrap<UdpSocket>(info) {}
  ~UdpSocket() override { release(); }

  static Napi::Function define(Napi::Env env) {
    return DefineClass(
        env, "UdpSocket",
        {
            StaticValue("SLOT_BYTES", Napi::Number::New(env, SLOT_BYTES)),
            StaticValue("RECEIVE_MESSAGES", Napi::Number::New(env, RECEIVE_MESSAGES)),
            StaticValue("SEGMENTS_IN_MAX", Napi::Number::New(env, SEGMENTS_IN_MAX)),
            InstanceMethod("open", &UdpSocket::open),
            InstanceMethod("letJoin", &UdpSocket::let_join),
            InstanceMethod("spread", &UdpSocket::spread),
            InstanceMethod("receive", &UdpSocket::receive),
            InstanceMethod("send", &UdpSocket::send),
            InstanceMethod("start", &UdpSocket::start),
            InstanceMethod("multicastBy", &UdpSocket::multicast_by),
            InstanceMethod("wantWritable", &UdpSocket::want_writable),
            InstanceMethod("ref", &UdpSocket::ref),
            InstanceMethod("unref", &UdpSocket::unref),
            InstanceMethod("descriptor", &UdpSocket::descriptor),
            InstanceMethod("isSound", &UdpSocket::is_sound),
            InstanceMethod("stats", &UdpSocket::stats),
            InstanceMethod("close", &UdpSocket::close),
        });
  }

  // The environment ends: no JavaScript may run any more, only the descriptor and the handle are given back.
  void release() {
    if (poll_ != nullptr) {
      poll_->owner = nullptr;
      uv_close(reinterpret_cast<uv_handle_t *>(&poll_->handle), on_closed);
      poll_ = nullptr;
    }
    // Somebody else's by now, if anybody in this process closed what was not theirs.
    if (fd_ >= 0 && inode_of(fd_) == inode_) ::close(fd_);
    fd_ = -1;
  }

  static void on_teardown(napi_async_cleanup_hook_handle, void *data) {
    auto *poll = static_cast<Poll *>(data);
    if (poll->owner != nullptr) poll->owner->release();
  }

 private:
  int fd_ = -1;
  ino_t inode_ = 0;
  int port_ = 0;
  int domain_ = AF_INET;
  Poll *poll_ = nullptr;
  Napi::FunctionReference callback_;
  bool calling_ = false;
  bool writable_wanted_ = false;
  bool joins_ = false;
  bool segments_ = false;
  int plain_left_ = 0;
  NeighbourLinks links_;

  double packets_in_ = 0;
  double messages_in_ = 0;
  double receive_errors_ = 0;
  double oversized_in_ = 0;
  double packets_out_ = 0;
  double messages_out_ = 0;
  double unsent_ = 0;
  double invalid_rows_ = 0;
  double refused_segments_ = 0;
  int last_error_ = 0;

  Napi::Value range_error(const char *text) {
    napi_throw_range_error(Env(), nullptr, text);
    return Napi::Value();
  }

  Napi::Value type_error(const char *text) {
    napi_throw_type_error(Env(), nullptr, text);
    return Napi::Value();
  }

  Napi::Value number(double value) { return Napi::Number::New(Env(), value); }

  // ---- open ----

  // open(family: 4 | 6 | 46, address: Uint8Array of 4 or 16 bytes, firstPort, lastPort, joins?: boolean): the port bound,
  // or -errno. With `joins` the port may be one of a socket of this user that said `letJoin`.
  Napi::Value open(const Napi::CallbackInfo &info) {
    size_t family = 0, first_port = 0, last_port = 0;
    Bytes address;
    if (!count_arg(Env(), info[0], "family", 46, &family)) return Napi::Value();
    if (family != 4 && family != 6 && family != 46) return range_error("family must be 4, 6 or 46");
    if (!fixed_bytes_arg(Env(), info[1], "address", family == 4 ? 4 : 16, &address)) return Napi::Value();
    if (!count_arg(Env(), info[3], "lastPort", 65535, &last_port)) return Napi::Value();
    if (!count_arg(Env(), info[2], "firstPort", last_port, &first_port)) return Napi::Value();
    if (fd_ >= 0) return number(-EISCONN);
    domain_ = family == 4 ? AF_INET : AF_INET6;
    fd_ = ::socket(domain_, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) return number(-errno);
    inode_ = inode_of(fd_);
    int result = configure(family == 6);
    bool joins = false;
    if (napi_get_value_bool(Env(), info[4], &joins) == napi_ok && joins && !set_option(SOL_SOCKET, SO_REUSEPORT, 1)) {
      result = -errno;
    }
    if (result == 0) result = bind_range(address.data, first_port, last_port);
    if (result < 0) release();
    port_ = result;
    return number(result);
  }

  // Every socket has its own; 0 where the descriptor is none.
  static ino_t inode_of(int fd) {
    struct stat about;
    return ::fstat(fd, &about) == 0 ? about.st_ino : 0;
  }

  bool set_option(int level, int name, int value) {
    return ::setsockopt(fd_, level, name, &value, sizeof(value)) == 0;
  }

  int configure(bool ipv6_only) {
    if (domain_ == AF_INET6 && !set_option(IPPROTO_IPV6, IPV6_V6ONLY, ipv6_only ? 1 : 0)) return -errno;
    set_option(SOL_SOCKET, SO_RCVBUF, SOCKET_BUFFER_BYTES);
    set_option(SOL_SOCKET, SO_SNDBUF, SOCKET_BUFFER_BYTES);
    set_option(SOL_SOCKET, SO_BROADCAST, 1);  // LAN discovery; ff02::1, to which every interface belongs, needs no joining
    joins_ = set_option(SOL_UDP, UDP_GRO, 1);
    int size = 0;
    socklen_t length = sizeof(size);
    segments_ = ::getsockopt(fd_, SOL_UDP, UDP_SEGMENT, &size, &length) == 0;
    return 0;
  }

  // letJoin(): 0, or -errno. From now on sockets opened with `joins` may bind to this socket's port. Said after bind on
  // purpose: two programs never share a port by mistake, since each binds it alone.
  Napi::Value let_join(const Napi::CallbackInfo &) {
    if (fd_ < 0) return number(-EBADF);
    return number(set_option(SOL_SOCKET, SO_REUSEPORT, 1) ? 0 : -errno);
  }

  // spread(kinds: Uint8Array): 0, or -errno. Packets whose first byte is among `kinds` (at most KINDS_MAX) go to any of the
  // sockets that share the port, by a hash of both addresses; all others go to the first socket, which is the one that
  // said `letJoin`. Fails with EINVAL while no other socket has joined.
  Napi::Value spread(const Napi::CallbackInfo &info) {
    Bytes kinds;
    if (!bytes_arg(Env(), info[0], "kinds", &kinds)) return Napi::Value();
    if (kinds.length > KINDS_MAX) return range_error("too many kinds");
    if (fd_ < 0) return number(-EBADF);
    // The program's answer is the socket's place in the group; one that is no place makes the kernel choose by its hash.
    sock_filter program[KINDS_MAX + 3];
    size_t length = 0;
    program[length++] = BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0);
    for (size_t i = 0; i < kinds.length; i++) {
      const uint8_t to_last = static_cast<uint8_t>(kinds.length - i);
      program[length++] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kinds.data[i], to_last, 0);
    }
    program[length++] = BPF_STMT(BPF_RET | BPF_K, 0);
    program[length++] = BPF_STMT(BPF_RET | BPF_K, 0xffffffff);
    const sock_fprog attached = {static_cast<uint16_t>(length), program};
    const int result = ::setsockopt(fd_, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &attached, sizeof(attached));
    return number(result == 0 ? 0 : -errno);
  }

  int bind_range(const uint8_t *address, size_t first_port, size_t last_port) {
    for (size_t port = first_port; port <= last_port; port++) {
      sockaddr_in6 where;
      const socklen_t length = fill_address(&where, address, domain_ == AF_INET ? 4 : 6, static_cast<int>(port));
      if (::bind(fd_, reinterpret_cast<sockaddr *>(&where), length) == 0) return bound_port();
      if (errno != EADDRINUSE && errno != EACCES) return -errno;
    }
    return -EADDRINUSE;
  }

  int bound_port() {
    sockaddr_in6 where;
    socklen_t length = sizeof(where);
    if (::getsockname(fd_, reinterpret_cast<sockaddr *>(&where), &length) != 0) return -errno;
    // The port stands at the same place in both kinds of address.
    return ntohs(where.sin6_port);
  }

  // Writes the socket address that this socket's domain needs; 0 when it cannot express it (IPv6 from an IPv4 socket).
  socklen_t fill_address(sockaddr_in6 *out, const uint8_t *address, int family, int port) const {
    memset(out, 0, sizeof(*out));
    if (domain_ == AF_INET) {
      if (family != 4) return 0;
      auto *ipv4 = reinterpret_cast<sockaddr_in *>(out);
      ipv4->sin_family = AF_INET;
      ipv4->sin_port = htons(static_cast<uint16_t>(port));
      memcpy(&ipv4->sin_addr, address, 4);
      return sizeof(*ipv4);
    }
    out->sin6_family = AF_INET6;
    out->sin6_port = htons(static_cast<uint16_t>(port));
    if (family == 4) {
      map_ipv4(address, &out->sin6_addr);
    } else {
      memcpy(&out->sin6_addr, address, 16);
      if (IN6_IS_ADDR_LINKLOCAL(&out->sin6_addr)) out->sin6_scope_id = links_.find(out->sin6_addr);
    }
    return sizeof(*out);
  }

  // ---- receive ----

  // receive(arena: Uint8Array, rows: Int32Array): the number of packets, in rows 1 and up, or -errno.
  Napi::Value receive(const Napi::CallbackInfo &info) {
    Bytes arena;
    Rows rows;
    if (!bytes_arg(Env(), info[0], "arena", &arena) || !rows_arg(Env(), info[1], &rows)) return Napi::Value();
    const size_t by_rows = rows.count == 0 ? 0 : (rows.count - 1) / SEGMENTS_IN_MAX;
    const size_t slots = std::min({RECEIVE_MESSAGES, arena.length / SLOT_BYTES, by_rows});
    if (slots == 0) return range_error("the arena or the rows are too small for one message");
    memset(rows.data, 0, ROW_BYTES);
    if (fd_ < 0) return number(-EBADF);

    mmsghdr messages[RECEIVE_MESSAGES];
    iovec parts[RECEIVE_MESSAGES];
    sockaddr_in6 sources[RECEIVE_MESSAGES];
    alignas(cmsghdr) char controls[RECEIVE_MESSAGES][CMSG_SPACE(sizeof(int)) * 2];
    for (size_t i = 0; i < slots; i++) {
      parts[i] = {arena.data + i * SLOT_BYTES, SLOT_BYTES};
      msghdr &head = messages[i].msg_hdr;
      head.msg_name = &sources[i];
      head.msg_namelen = sizeof(sources[i]);
      head.msg_iov = &parts[i];
      head.msg_iovlen = 1;
      head.msg_control = controls[i];
      head.msg_controllen = sizeof(controls[i]);
      head.msg_flags = 0;
      messages[i].msg_len = 0;
    }
    int count;
    do {
      count = ::recvmmsg(fd_, messages, static_cast<unsigned>(slots), MSG_DONTWAIT, nullptr);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) return number(0);
      receive_errors_++;
      return number(-errno);
    }
    size_t used = 1;
    for (int i = 0; i < count; i++) used = describe(messages[i], static_cast<size_t>(i), rows, used);
    const int32_t more = static_cast<size_t>(count) == slots ? 1 : 0;
    memcpy(rows.data, &more, sizeof(more));
    messages_in_ += count;
    packets_in_ += static_cast<double>(used - 1);
    return number(static_cast<double>(used - 1));
  }

  // Writes one row for each packet in a message; returns the first free row.
  size_t describe(const mmsghdr &message, size_t slot, const Rows &rows, size_t used) {
    const msghdr &head = message.msg_hdr;
    Row row;
    memset(&row, 0, sizeof(row));
    if ((head.msg_flags & MSG_TRUNC) != 0 || !read_source(head, &row)) {
      oversized_in_++;
      return used;
    }
    const uint32_t start = static_cast<uint32_t>(slot * SLOT_BYTES);
    const uint32_t total = message.msg_len;
    const uint32_t segment = segment_of(head, total);
    uint32_t at = 0;
    do {
      if (used >= rows.count) {
        oversized_in_++;
        return used;
      }
      row.offset = start + at;
      row.length = std::min(segment, total - at);
      memcpy(rows.data + used++ * ROW_BYTES, &row, ROW_BYTES);
      at += segment;
    } while (at < total);
    return used;
  }

  bool read_source(const msghdr &head, Row *row) {
    const auto *any = static_cast<const sockaddr *>(head.msg_name);
    if (head.msg_namelen >= sizeof(sockaddr_in) && any->sa_family == AF_INET) {
      const auto *ipv4 = static_cast<const sockaddr_in *>(head.msg_name);
      row->family = 4;
      row->port = ntohs(ipv4->sin_port);
      memcpy(row->address, &ipv4->sin_addr, 4);
      return true;
    }
    if (head.msg_namelen < sizeof(sockaddr_in6) || any->sa_family != AF_INET6) return false;
    const auto *ipv6 = static_cast<const sockaddr_in6 *>(head.msg_name);
    row->port = ntohs(ipv6->sin6_port);
    if (is_mapped(ipv6->sin6_addr)) {
      row->family = 4;
      memcpy(row->address, &ipv6->sin6_addr.s6_addr[12], 4);
    } else {
      row->family = 6;
      memcpy(row->address, &ipv6->sin6_addr, 16);
      if (IN6_IS_ADDR_LINKLOCAL(&ipv6->sin6_addr)) links_.learn(ipv6->sin6_addr, ipv6->sin6_scope_id);
    }
    return true;
  }

  // The size of each packet that the kernel joined into this message; the whole message when it joined none.
  static uint32_t segment_of(const msghdr &head, uint32_t total) {
    auto *mutable_head = const_cast<msghdr *>(&head);
    for (cmsghdr *at = CMSG_FIRSTHDR(mutable_head); at != nullptr; at = CMSG_NXTHDR(mutable_head, at)) {
      if (at->cmsg_level != SOL_UDP || at->cmsg_type != UDP_GRO) continue;
      int size = 0;
      memcpy(&size, CMSG_DATA(at), sizeof(size));
      if (size > 0) return static_cast<uint32_t>(size);
    }
    return std::max<uint32_t>(total, 1);
  }

  // ---- send ----

  // What one sendmmsg call needs, and the row after each message.
  struct Batch {
    mmsghdr messages[SEND_MESSAGES];
    sockaddr_in6 targets[SEND_MESSAGES];
    iovec parts[SEND_PARTS];
    alignas(cmsghdr) char controls[SEND_MESSAGES][CMSG_SPACE(sizeof(uint16_t))];
    size_t ends[SEND_MESSAGES];
    size_t message_count = 0;
    size_t part_count = 0;
  };

  // send(arena: Uint8Array, rows: Int32Array, first, end): sends rows `first` to `end` - 1 (there is no head row).
  // Returns the first row that must wait until the socket is writable: `end` when none. A packet that the system
  // refuses is counted and passed over.
  Napi::Value send(const Napi::CallbackInfo &info) {
    Bytes arena;
    Rows rows;
    size_t at = 0, end = 0;
    if (!bytes_arg(Env(), info[0], "arena", &arena) || !rows_arg(Env(), info[1], &rows)) return Napi::Value();
    if (!count_arg(Env(), info[3], "end", rows.count, &end)) return Napi::Value();
    if (!count_arg(Env(), info[2], "first", end, &at)) return Napi::Value();
    if (fd_ < 0) return number(static_cast<double>(end));
    Batch batch;
    while (at < end) {
      const size_t gathered = gather(arena, rows, at, end, &batch);
      if (batch.message_count == 0) {
        at = gathered;
        continue;
      }
      const int sent = ::sendmmsg(fd_, batch.messages, static_cast<unsigned>(batch.message_count),
                                  MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent > 0) {
        const size_t done = batch.ends[sent - 1];
        messages_out_ += sent;
        packets_out_ += static_cast<double>(done - at);
        at = done;
        continue;
      }
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) break;
      at = after_refusal(errno, at, batch);
    }
    return number(static_cast<double>(at));
  }

  // The system refused the first message. A segmented one is tried again plain; any other is passed over and counted.
  size_t after_refusal(int error, size_t at, const Batch &batch) {
    const bool segmented = batch.messages[0].msg_hdr.msg_controllen != 0;
    if (segmented && (error == EINVAL || error == EIO || error == EMSGSIZE || error == EOPNOTSUPP)) {
      refused_segments_++;
      plain_left_ = PLAIN_AFTER_REFUSAL;
      return at;
    }
    last_error_ = error;
    unsent_ += static_cast<double>(batch.ends[0] - at);
    return batch.ends[0];
  }

  // Fills `batch` with messages for rows from `at` on; returns the row after the last one taken. An impossible row
  // ends the batch, or, when it stands first, is passed over.
  size_t gather(const Bytes &arena, const Rows &rows, size_t at, size_t end, Batch *batch) {
    batch->message_count = 0;
    batch->part_count = 0;
    while (at < end && batch->message_count < SEND_MESSAGES && batch->part_count < SEND_PARTS) {
      const Row row = load_row(rows, at);
      const size_t index = batch->message_count;
      socklen_t length = 0;
      if (is_sendable(row, arena)) length = fill_address(&batch->targets[index], row.address, row.family, row.port);
      if (length == 0) {
        if (index > 0) return at;
        invalid_rows_++;
        return at + 1;
      }
      const size_t first_part = batch->part_count;
      const size_t next = gather_run(arena, rows, at, end, row, batch);
      mmsghdr &message = batch->messages[index];
      memset(&message, 0, sizeof(message));
      message.msg_hdr.msg_name = &batch->targets[index];
      message.msg_hdr.msg_namelen = length;
      message.msg_hdr.msg_iov = &batch->parts[first_part];
      message.msg_hdr.msg_iovlen = batch->part_count - first_part;
      if (next - at > 1) set_segment(&message.msg_hdr, batch->controls[index], static_cast<uint16_t>(row.length));
      batch->ends[index] = next;
      batch->message_count++;
      at = next;
    }
    return at;
  }

  // Takes row `at` and, where segmentation may be used, the rows behind it that go to the same place with the same
  // length (the last may be shorter). Returns the row after them.
  size_t gather_run(const Bytes &arena, const Rows &rows, size_t at, size_t end, const Row &first, Batch *batch) {
    size_t total = first.length;
    size_t next = at + 1;
    iovec *part = &batch->parts[batch->part_count++];
    *part = {arena.data + first.offset, first.length};
    if (plain_left_ > 0) {
      plain_left_--;
      return next;
    }
    if (!segments_ || first.length == 0) return next;
    bool open = true;
    while (open && next < end && next - at < SEGMENTS_OUT_MAX) {
      const Row row = load_row(rows, next);
      if (row.length == 0 || row.length > first.length || total + row.length > SEGMENTED_BYTES_MAX) break;
      if (!is_sendable(row, arena) || !goes_to_same(row, first)) break;
      uint8_t *data = arena.data + row.offset;
      if (static_cast<uint8_t *>(part->iov_base) + part->iov_len == data) {
        part->iov_len += row.length;
      } else {
        if (batch->part_count == SEND_PARTS) break;
        part = &batch->parts[batch->part_count++];
        *part = {data, row.length};
      }
      total += row.length;
      open = row.length == first.length;
      next++;
    }
    return next;
  }

  static bool is_sendable(const Row &row, const Bytes &arena) {
    if (row.family != 4 && row.family != 6) return false;
    if (row.port < 1 || row.port > 65535 || row.length > PAYLOAD_MAX) return false;
    return row.offset <= arena.length && row.length <= arena.length - row.offset;
  }

  static bool goes_to_same(const Row &a, const Row &b) {
    return a.family == b.family && a.port == b.port && memcmp(a.address, b.address, a.family == 4 ? 4 : 16) == 0;
  }

  static void set_segment(msghdr *head, char *control, uint16_t bytes) {
    memset(control, 0, CMSG_SPACE(sizeof(bytes)));
    head->msg_control = control;
    head->msg_controllen = CMSG_SPACE(sizeof(bytes));
    cmsghdr *at = CMSG_FIRSTHDR(head);
    at->cmsg_level = SOL_UDP;
    at->cmsg_type = UDP_SEGMENT;
    at->cmsg_len = CMSG_LEN(sizeof(bytes));
    memcpy(CMSG_DATA(at), &bytes, sizeof(bytes));
  }

  // multicastBy(index): the interface by which link-local multicast leaves from now on; 0, or -errno.
  Napi::Value multicast_by(const Napi::CallbackInfo &info) {
    size_t index = 0;
    if (!count_arg(Env(), info[0], "index", INT32_MAX, &index)) return Napi::Value();
    if (fd_ < 0) return number(-EBADF);
    return number(set_option(IPPROTO_IPV6, IPV6_MULTICAST_IF, static_cast<int>(index)) ? 0 : -errno);
  }

  // ---- readiness ----

  // start(callback: (events: number) => void): 0, or -errno. Bit 0 of `events`: readable; bit 1: writable.
  Napi::Value start(const Napi::CallbackInfo &info) {
    if (!info[0].IsFunction()) return type_error("start takes a function");
    if (fd_ < 0) return number(-EBADF);
    if (poll_ != nullptr) return number(-EALREADY);
    uv_loop_t *loop = nullptr;
    if (napi_get_uv_event_loop(Env(), &loop) != napi_ok) return number(-ENOTSUP);
    auto poll = std::make_unique<Poll>();
    poll->owner = this;
    poll->hook = nullptr;
    poll->handle.data = poll.get();
    const int result = uv_poll_init(loop, &poll->handle, fd_);
    if (result < 0) return number(result);
    poll_ = poll.release();
    if (napi_add_async_cleanup_hook(Env(), on_teardown, poll_, &poll_->hook) != napi_ok) {
      release();
      return number(-ENOTSUP);
    }
    callback_ = Napi::Persistent(info[0].As<Napi::Function>());
    Ref();
    return number(poll_again());
  }

  int poll_again() {
    return uv_poll_start(&poll_->handle, UV_READABLE | (writable_wanted_ ? UV_WRITABLE : 0), on_poll);
  }

  // wantWritable(wanted: boolean): whether the callback also runs when the socket can take packets again.
  Napi::Value want_writable(const Napi::CallbackInfo &info) {
    bool wanted = false;
    if (napi_get_value_bool(Env(), info[0], &wanted) != napi_ok) return type_error("wantWritable takes a boolean");
    writable_wanted_ = wanted;
    return number(poll_ == nullptr ? 0 : poll_again());
  }

  static void on_poll(uv_poll_t *handle, int status, int events) {
    auto *poll = static_cast<Poll *>(handle->data);
    if (poll->owner != nullptr) poll->owner->ready(status, events);
  }

  static void on_closed(uv_handle_t *handle) {
    auto *poll = static_cast<Poll *>(handle->data);
    if (poll->hook != nullptr) napi_remove_async_cleanup_hook(poll->hook);
    delete poll;
  }

  void ready(int status, int events) {
    if (status < 0) {
      // libuv stops polling on a pending socket error: take the error away and go on.
      int error = 0;
      socklen_t length = sizeof(error);
      ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length);
      receive_errors_++;
      poll_again();
      events = UV_READABLE;
    }
    napi_env env = Env();
    Napi::HandleScope scope(env);
    napi_value self = Value();
    napi_value argument = nullptr;
    napi_value result = nullptr;
    napi_create_int32(env, events & (UV_READABLE | UV_WRITABLE), &argument);
    calling_ = true;
    const napi_status outcome = napi_make_callback(env, nullptr, self, callback_.Value(), 1, &argument, &result);
    calling_ = false;
    if (outcome == napi_pending_exception) report_exception(env);
    if (poll_ == nullptr) callback_.Reset();
  }

  // An exception of the callback is an uncaught exception of the program, as with every Node event.
  static void report_exception(napi_env env) {
    napi_value exception = nullptr;
    if (napi_get_and_clear_last_exception(env, &exception) == napi_ok) napi_fatal_exception(env, exception);
  }

  Napi::Value ref(const Napi::CallbackInfo &) {
    if (poll_ != nullptr) uv_ref(reinterpret_cast<uv_handle_t *>(&poll_->handle));
    return Env().Undefined();
  }

  Napi::Value unref(const Napi::CallbackInfo &) {
    if (poll_ != nullptr) uv_unref(reinterpret_cast<uv_handle_t *>(&poll_->handle));
    return Env().Undefined();
  }

  // Gives the descriptor back at once; safe at any time, twice, and inside the callback.
  Napi::Value close(const Napi::CallbackInfo &) {
    const bool polled = poll_ != nullptr;
    release();
    if (polled) {
      if (!calling_) callback_.Reset();
      Unref();
    }
    return Env().Undefined();
  }

  // descriptor(): the system's number of the socket, -1 when it is closed.
  Napi::Value descriptor(const Napi::CallbackInfo &) { return number(fd_); }

  // isSound(): whether the descriptor still is the socket that was opened, on its port, and not shut down.
  Napi::Value is_sound(const Napi::CallbackInfo &) {
    pollfd state = {fd_, POLLRDHUP, 0};
    const bool sound = fd_ >= 0 && inode_of(fd_) == inode_ && bound_port() == port_ && ::poll(&state, 1, 0) >= 0 &&
                       (state.revents & (POLLRDHUP | POLLHUP | POLLNVAL)) == 0;
    return Napi::Boolean::New(Env(), sound);
  }

  Napi::Value stats(const Napi::CallbackInfo &) {
    Napi::Object out = Napi::Object::New(Env());
    out.Set("packetsIn", packets_in_);
    out.Set("messagesIn", messages_in_);
    out.Set("receiveErrors", receive_errors_);
    out.Set("oversizedIn", oversized_in_);
    out.Set("packetsOut", packets_out_);
    out.Set("messagesOut", messages_out_);
    out.Set("unsent", unsent_);
    out.Set("invalidRows", invalid_rows_);
    out.Set("refusedSegments", refused_segments_);
    out.Set("lastError", last_error_);
    out.Set("joins", joins_);
    out.Set("segments", segments_);
    return out;
  }
};

}  // namespace

void register_udp(Napi::Env env, Napi::Object exports) { exports.Set("UdpSocket", UdpSocket::define(env)); }

#else

// Elsewhere the portable twin serves.
void register_udp(Napi::Env, Napi::Object) {}

#endif
