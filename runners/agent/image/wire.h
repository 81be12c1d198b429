/* The way out for copies: raw sockets that take whole packets, and the longest packet that a device takes. */
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Devices whose longest packet is remembered. */
#define DEVICES_MAX 64
/* Room for a burst of packets, from the kernel and to it. */
#define SOCKET_BUFFER_BYTES (16 * 1024 * 1024)

static int raw4 = -1, raw6 = -1;

/* Raw sockets to send on whole packets, headers included; -1 where the family is not there. */
static int open_raw(int family) {
  int raw = socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
  int bytes = SOCKET_BUFFER_BYTES, yes = 1;
  if (raw < 0) return -1;
  setsockopt(raw, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
  setsockopt(raw, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes);
  return raw;
}

static void mark_socket(int raw, uint32_t *last, uint32_t mark) {
  if (*last != mark && setsockopt(raw, SOL_SOCKET, SO_MARK, &mark, sizeof mark) == 0) *last = mark;
}

/* Sends a copy as it is, but for the mark; false where it cannot be sent now, and would be lost on a line as well. */
static bool send_copy(const struct held *item) {
  static uint32_t mark4, mark6;
  ssize_t sent;
  if (item->copy[0] >> 4 == 4) {
    struct sockaddr_in to = {.sin_family = AF_INET};
    memcpy(&to.sin_addr, item->copy + 16, sizeof to.sin_addr);
    mark_socket(raw4, &mark4, item->mark);
    sent = sendto(raw4, item->copy, item->bytes, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to);
  } else {
    struct sockaddr_in6 to = {.sin6_family = AF_INET6};
    memcpy(&to.sin6_addr, item->copy + 24, sizeof to.sin6_addr);
    if (IN6_IS_ADDR_LINKLOCAL(&to.sin6_addr) || IN6_IS_ADDR_MULTICAST(&to.sin6_addr)) to.sin6_scope_id = item->device;
    mark_socket(raw6, &mark6, item->mark);
    sent = sendto(raw6, item->copy, item->bytes, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to);
  }
  return sent >= 0;
}

/* The longest packet that a device takes; 0 where that cannot be told, so that nothing is copied. */
static uint32_t device_bytes_max(uint32_t device) {
  static struct { uint32_t device, bytes; } known[DEVICES_MAX];
  static size_t count;
  for (size_t at = 0; at < count; at++)
    if (known[at].device == device) return known[at].bytes;
  struct ifreq request = {0};
  if (if_indextoname(device, request.ifr_name) == NULL || ioctl(raw4, SIOCGIFMTU, &request) < 0) return 0;
  if (count < DEVICES_MAX) {
    known[count].device = device;
    known[count++].bytes = (uint32_t)request.ifr_mtu;
  }
  return (uint32_t)request.ifr_mtu;
}
