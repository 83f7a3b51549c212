// The parts of the addon; addon.cc calls each once per environment (the main thread, each worker, each context).
// A part keeps no state outside the environment, except tables that never change after they are made.

#ifndef TOXCORE_TS_ADDON_H
#define TOXCORE_TS_ADDON_H

#include <napi.h>

// Sets `exports.crypto`, or leaves it undefined and sets `exports.cryptoMissing` to the reason.
void register_crypto(Napi::Env env, Napi::Object exports);

// Sets `exports.nodes`.
void register_nodes(Napi::Env env, Napi::Object exports);

// Sets `exports.UdpSocket` where the platform has batched UDP.
void register_udp(Napi::Env env, Napi::Object exports);

// Sets `exports.TcpSocket` and `exports.Readiness` where the platform has them.
void register_tcp(Napi::Env env, Napi::Object exports);

#endif
