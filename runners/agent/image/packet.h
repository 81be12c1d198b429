/* What a packet says of itself, and garbling one bit of it. Offsets are from the IP header's first byte. */
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define TCP_CHECKSUM_AT 16
#define UDP_CHECKSUM_AT 6
/* Extension headers looked through at most. */
#define IPV6_EXTENSIONS_MAX 8

struct transport {
  /* 0 where it cannot be told: a fragment, or something else than IP. */
  uint32_t at;
  /* Where its payload begins; at the packet's end or beyond it where there is none. */
  uint32_t payload_at;
  uint32_t checksum_at;
  uint8_t protocol;
};

static uint16_t word_at(const unsigned char *packet, uint32_t at) {
  return (uint16_t)(packet[at] << 8 | packet[at + 1]);
}

/* Length by the IP header; where it says none (a jumbogram), by what was copied. */
static uint32_t packet_bytes(const unsigned char *packet, int copied) {
  if (copied >= 20 && packet[0] >> 4 == 4) return word_at(packet, 2);
  if (copied >= 40 && packet[0] >> 4 == 6) return 40u + word_at(packet, 4);
  return copied > 0 ? (uint32_t)copied : 0;
}

static struct transport transport_in(const unsigned char *packet, uint32_t bytes) {
  struct transport found = {0};
  if (bytes >= 20 && packet[0] >> 4 == 4) {
    if ((word_at(packet, 6) & 0x3fff) != 0) return found;
    found.protocol = packet[9];
    found.at = (packet[0] & 15u) * 4;
  } else if (bytes >= 40 && packet[0] >> 4 == 6) {
    uint32_t at = 40;
    uint8_t next = packet[6];
    for (int seen = 0; seen < IPV6_EXTENSIONS_MAX && at + 8 <= bytes; seen++) {
      if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING && next != IPPROTO_DSTOPTS) break;
      next = packet[at];
      at += (packet[at + 1] + 1u) * 8;
    }
    if (next == IPPROTO_FRAGMENT) return found;
    found.protocol = next;
    found.at = at;
  }
  if (found.at == 0 || found.at + 8 > bytes) return (struct transport){0};
  found.payload_at = found.at + 8;
  if (found.protocol == IPPROTO_UDP) found.checksum_at = found.at + UDP_CHECKSUM_AT;
  if (found.protocol == IPPROTO_TCP) {
    if (found.at + 20 > bytes) return (struct transport){0};
    found.checksum_at = found.at + TCP_CHECKSUM_AT;
    found.payload_at = found.at + (packet[found.at + 12] >> 4) * 4u;
  }
  return found;
}

/* The checksum after a word has changed: RFC 1624, equation 3. UDP's 0 means that there is none, and stays. */
static void mend_checksum(unsigned char *packet, const struct transport *of, uint16_t before, uint16_t after) {
  uint16_t old = word_at(packet, of->checksum_at);
  if (of->protocol == IPPROTO_UDP && old == 0) return;
  uint32_t sum = (uint16_t)~old + (uint32_t)(uint16_t)~before + after;
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  uint16_t mended = (uint16_t)~sum;
  if (of->protocol == IPPROTO_UDP && mended == 0) mended = 0xffff;
  packet[of->checksum_at] = (unsigned char)(mended >> 8);
  packet[of->checksum_at + 1] = (unsigned char)mended;
}

/* The 16-bit word that a byte is in, as checksums count: from the transport header on, the last odd byte padded with 0. */
static uint16_t summed_word(const unsigned char *packet, const struct transport *of, uint32_t at, uint32_t bytes) {
  uint32_t even = at - (at - of->at) % 2;
  return (uint16_t)(packet[even] << 8 | (even + 1 < bytes ? packet[even + 1] : 0));
}

/*
 * Flips one bit of the payload. With `fix` the checksum is made to fit, so that the receiver's program gets what is
 * garbled: TCP and UDP payloads alone. Without, it stays: the receiver's kernel throws the packet away; a packet
 * without payload then gets a wrong checksum. False where it was left as it is.
 */
static bool garble(unsigned char *packet, uint32_t bytes, bool fix, uint64_t random) {
  struct transport found = transport_in(packet, bytes);
  if (found.at == 0) return false;
  bool summed = found.checksum_at != 0;
  bool loaded = found.payload_at < bytes;
  if (fix && (!summed || !loaded)) return false;
  if (!loaded && !summed) return false;
  uint32_t at = loaded ? found.payload_at + (uint32_t)((random >> 3) % (bytes - found.payload_at)) : found.checksum_at;
  uint16_t before = summed_word(packet, &found, at, bytes);
  packet[at] ^= (unsigned char)(1u << (random & 7));
  if (fix) mend_checksum(packet, &found, before, summed_word(packet, &found, at, bytes));
  return true;
}
