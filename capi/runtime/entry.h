// How threads take turns inside V8.
#ifndef TOXCORE_TS_RUNTIME_ENTRY_H
#define TOXCORE_TS_RUNTIME_ENTRY_H

#include <v8.h>

// Waits until no other thread is inside. A thread that is inside may enter again; it leaves as often. False, and nothing is
// entered, when what is left of the thread's stack is too little.
bool enter(v8::Isolate *isolate);
void leave();

#endif
