/* Where the stressor works in its target's file system, without entering the target's namespaces. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stressor.h"

int open_directory(const char *path) {
  char root[64];
  snprintf(root, sizeof root, "/proc/%d/root", watched);
  int base = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (base < 0) fail("the target's root");
  struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  int directory = (int)syscall(SYS_openat2, base, path, &how, sizeof how);
  if (directory < 0) fail(path);
  close(base);
  return directory;
}

int open_nameless(int directory, int flags) {
  int file = openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC | flags, 0600);
  if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return file;
  file = openat(directory, tag, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | flags, 0600);
  if (file >= 0) unlinkat(directory, tag, 0);
  return file;
}
