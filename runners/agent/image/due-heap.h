/* Packets that wait, as a binary heap: the one due first on top, and of those due together the one that came first. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct held {
  uint64_t due_ns;
  uint64_t order;
  uint64_t arrived_ns;
  uint32_t id;
  uint32_t bytes;
  /* The packet's bytes, or NULL. Without `in_kernel` they are sent; with it they replace the packet that waits there. */
  unsigned char *copy;
  bool in_kernel;
  uint32_t device;
  uint32_t mark;
};

static struct {
  struct held *items;
  size_t count;
  size_t room;
} heap;

static bool before(const struct held *left, const struct held *right) {
  return left->due_ns != right->due_ns ? left->due_ns < right->due_ns : left->order < right->order;
}

static void push(struct held item) {
  if (heap.count == heap.room) {
    heap.room = heap.room == 0 ? 1024 : heap.room * 2;
    heap.items = realloc(heap.items, heap.room * sizeof *heap.items);
    if (heap.items == NULL) abort();
  }
  size_t at = heap.count++;
  while (at > 0 && before(&item, &heap.items[(at - 1) / 2])) {
    heap.items[at] = heap.items[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  heap.items[at] = item;
}

static struct held pop(void) {
  struct held first = heap.items[0];
  struct held last = heap.items[--heap.count];
  size_t at = 0;
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= heap.count) break;
    if (child + 1 < heap.count && before(&heap.items[child + 1], &heap.items[child])) child++;
    if (!before(&heap.items[child], &last)) break;
    heap.items[at] = heap.items[child];
    at = child;
  }
  if (heap.count > 0) heap.items[at] = last;
  return first;
}
