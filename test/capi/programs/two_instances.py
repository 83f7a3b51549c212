"""Two instances in one Python process exchange messages: `two_instances.py LIBRARY`. ctypes loads it RTLD_LOCAL."""

import ctypes
import sys
import time

DEADLINE_S = 100
KEY_SIZE = 32

lib = ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_LOCAL)
for name in ("tox_new", "tox_options_new"):
    getattr(lib, name).restype = ctypes.c_void_p
lib.tox_self_get_udp_port.restype = ctypes.c_uint16
MESSAGE = ctypes.CFUNCTYPE(
    None,
    ctypes.c_void_p,
    ctypes.c_uint32,
    ctypes.c_int,
    ctypes.POINTER(ctypes.c_uint8),
    ctypes.c_size_t,
    ctypes.c_void_p,
)


def instance(port):
    options = ctypes.c_void_p(lib.tox_options_new(None))
    lib.tox_options_set_ipv6_enabled(options, ctypes.c_bool(False))
    lib.tox_options_set_local_discovery_enabled(options, ctypes.c_bool(False))
    lib.tox_options_set_start_port(options, ctypes.c_uint16(port))
    lib.tox_options_set_end_port(options, ctypes.c_uint16(port + 9))
    error = ctypes.c_int(-1)
    tox = ctypes.c_void_p(lib.tox_new(options, ctypes.byref(error)))
    lib.tox_options_free(options)
    if not tox:
        sys.exit(f"tox_new: error {error.value}")
    return tox


def key(tox, getter):
    bytes_ = ctypes.create_string_buffer(KEY_SIZE)
    getter(tox, bytes_)
    return bytes_


a, b = instance(38000), instance(38100)
heard = []


@MESSAGE
def on_message(_tox, number, kind, text, length, _user_data):
    heard.append((number, kind, bytes(text[:length])))


lib.tox_callback_friend_message(a, on_message)
lib.tox_callback_friend_message(b, on_message)
lib.tox_friend_add_norequest(a, key(b, lib.tox_self_get_public_key), None)
lib.tox_friend_add_norequest(b, key(a, lib.tox_self_get_public_key), None)
port = lib.tox_self_get_udp_port(b, None)
lib.tox_bootstrap(a, b"127.0.0.1", ctypes.c_uint16(port), key(b, lib.tox_self_get_dht_id), None)

sent = set()
end = time.monotonic() + DEADLINE_S
while len(heard) < 2 and time.monotonic() < end:
    for tox, text in ((a, b"from a"), (b, b"from b")):
        lib.tox_iterate(tox, None)
        if text not in sent and lib.tox_friend_get_connection_status(tox, 0, None) != 0:
            if lib.tox_friend_send_message(tox, 0, 0, text, ctypes.c_size_t(len(text)), None) != 0:
                sent.add(text)
    time.sleep(lib.tox_iteration_interval(a) / 1000)
lib.tox_kill(a)
lib.tox_kill(b)
for number, kind, text in sorted(heard):
    print(number, kind, text.decode())
with open("/proc/self/maps") as maps:
    print("library:", next(line.split()[-1] for line in maps if "libtoxcore.so" in line), file=sys.stderr)
