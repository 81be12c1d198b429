/* What the kinds of stress share: each prepares itself, waits, goes when told to, and answers orders with a line of JSON. */
#ifndef STRESSOR_H
#define STRESSOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define NS_PER_MS 1000000ull

/* A kind of stress. Functions that fail end the program by `fail`, and with it all that it did. */
struct stress {
  const char *name;
  /* Its own arguments, for the usage line, and their number. */
  const char *usage;
  int arguments;
  /* Everything slow. Answers whether it must end with the process that it watches. */
  bool (*prepare)(char **arguments);
  /* The act, in the target's control groups. */
  void (*go)(void);
  /* Prints a line of JSON for an order (`stats`, and what else the kind knows). */
  void (*obey)(const char *order);
};

extern const struct stress cpu_stress, memory_stress, disk_stress, disk_fill;

/* Begins the names of everything that it makes in the target. */
extern const char *tag;
/* The target's process whose root its paths are below. */
extern pid_t watched;

uint64_t monotonic_ns(void);
uint64_t thread_cpu_ns(void);
_Noreturn void fail(const char *what);
/* Starts a detached thread; it ends with the program. */
void start_thread(void *(*run)(void *), void *argument);

/* A directory of the target; neither `..` nor a link leads out of the target's root. */
int open_directory(const char *path);
/* A file without a name, which is gone with the last program that has it open; named by `tag` for an instant where there are no such files. */
int open_nameless(int directory, int flags);

#endif
