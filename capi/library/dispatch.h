// The table of callbacks for recorded events.
#ifndef TOXCORE_TS_DISPATCH_H
#define TOXCORE_TS_DISPATCH_H

#include <array>

#include "events.h"
#include "tox/tox_dispatch.h"

struct Tox_Dispatch {
 public:
  template <class Event, class Callback>
  void set(Callback *callback) {
    callbacks_[Event::TYPE] = reinterpret_cast<Any>(callback);
  }

  // Of the type that this release gives it: see events_abi_current.cc.
  template <class Event, class Callback>
  Callback *get() const {
    return reinterpret_cast<Callback *>(callbacks_[Event::TYPE]);
  }

 private:
  using Any = void (*)();
  std::array<Any, std::variant_size_v<events::AnyEvent>> callbacks_{};
};

#endif
