// What Node needs of the process before it starts: where something is missing, Node would not fail but end the process.
#ifndef TOXCORE_TS_BEFORE_START_H
#define TOXCORE_TS_BEFORE_START_H

#include <string>

// Why Node cannot start now, in words for people; empty where it can.
std::string obstacle_to_start();

#endif
