/*
 * The stressor: takes a resource from a target from inside the target's own control groups, so that the target's own limits bite.
 *
 *   stressor TAG PARENT WATCHED KIND ARGUMENT… -- CGROUP_PROCS…
 *
 *   started ─▶ prepared: says `ready` ─ `go` ─▶ joins the control groups ─▶ says `going` ─▶ stresses, and obeys orders
 *
 * It ends with its input, with PARENT (the agent, by the parent-death signal), and, in a target's control groups, with the
 * process WATCHED, the target's first, because a stopped container's groups cannot be removed while somebody is in them. When
 * memory runs out it is the first to be killed. All that it holds is gone with it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "stressor.h"

/* The longest order, and the longest run of orders that is read at once. */
#define ORDER_BYTES_MAX 256
#define STACK_BYTES (64 * 1024)

static const struct stress *const kinds[] = {&cpu_stress, &memory_stress, &disk_stress, &disk_fill};

const char *tag;
pid_t watched;

static uint64_t clock_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t monotonic_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

uint64_t thread_cpu_ns(void) { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }

void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

void start_thread(void *(*run)(void *), void *argument) {
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  errno = pthread_create(&thread, &attributes, run, argument);
  if (errno != 0) fail("a thread");
}

/* Ends with the parent; where the parent died before, its signal never comes. */
static void end_with(pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail("parent-death signal");
  if (getppid() != parent) exit(1);
}

/* Whoever writes 0 is moved, with all threads. */
static void join_groups(char **groups, int count) {
  for (int i = 0; i < count; i++) {
    int file = open(groups[i], O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, "0\n", 2) != 2) fail(groups[i]);
    close(file);
  }
}

static void be_first_to_be_killed(void) {
  int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0 || write(file, "1000\n", 5) != 5) fail("oom_score_adj");
  close(file);
}

/* Obeys the lines that came. Answers whether the input is still open. */
static bool read_orders(const struct stress *kind, char **groups, int count) {
  static char text[ORDER_BYTES_MAX + 1];
  static size_t held;
  ssize_t got = read(STDIN_FILENO, text + held, ORDER_BYTES_MAX - held);
  if (got <= 0) return false;
  held += (size_t)got;
  text[held] = '\0';
  char *line = text;
  for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
    *end = '\0';
    if (strcmp(line, "go") == 0) {
      join_groups(groups, count);
      kind->go();
      puts("going");
    } else {
      kind->obey(line);
    }
    fflush(stdout);
  }
  held -= (size_t)(line - text);
  memmove(text, line, held);
  return held < ORDER_BYTES_MAX;
}

static int usage(void) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    fprintf(stderr, "stressor TAG PARENT WATCHED %s %s -- CGROUP_PROCS…\n", kinds[i]->name, kinds[i]->usage);
  return 2;
}

int main(int count, char **arguments) {
  if (count < 5) return usage();
  const struct stress *kind = NULL;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(arguments[4], kinds[i]->name) == 0) kind = kinds[i];
  int groups_from = kind == NULL ? 0 : 5 + kind->arguments + 1;
  if (kind == NULL || count < groups_from || strcmp(arguments[groups_from - 1], "--") != 0) return usage();
  tag = arguments[1];
  watched = (pid_t)atoi(arguments[3]);
  signal(SIGPIPE, SIG_IGN);
  end_with((pid_t)atoi(arguments[2]));
  be_first_to_be_killed();

  int target = (int)syscall(SYS_pidfd_open, watched, 0);
  if (target < 0) fail("the target's process");
  bool ends_with_target = kind->prepare(arguments + 5) || count > groups_from;
  puts("ready");
  fflush(stdout);

  struct pollfd polled[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = ends_with_target ? target : -1, .events = POLLIN}};
  for (;;) {
    if (poll(polled, 2, -1) < 0 && errno != EINTR) fail("poll");
    if (polled[1].revents != 0) return 0;
    if (polled[0].revents != 0 && !read_orders(kind, arguments + groups_from, count - groups_from)) return 0;
  }
}
