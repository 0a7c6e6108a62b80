/* What a request changes in the guest, in this process: address, clock, random seed, name, files. */
#define _GNU_SOURCE
#include "guest.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int set_mac(int sock, struct ifreq *request, const char *mac) {
  unsigned char *to = (unsigned char *)request->ifr_hwaddr.sa_data;
  request->ifr_hwaddr.sa_family = ARPHRD_ETHER;
  if (sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", to, to + 1, to + 2, to + 3, to + 4, to + 5) != 6) {
    errno = EINVAL;
    return -1;
  }
  return ioctl(sock, SIOCSIFHWADDR, request);
}

static int set_address(int sock, struct ifreq *request, const char *address, int prefix) {
  struct sockaddr_in *inet = (struct sockaddr_in *)&request->ifr_addr;
  memset(inet, 0, sizeof *inet);
  inet->sin_family = AF_INET;
  if (inet_pton(AF_INET, address, &inet->sin_addr) != 1) {
    errno = EINVAL;
    return -1;
  }
  if (ioctl(sock, SIOCSIFADDR, request) < 0)
    return -1;
  inet->sin_addr.s_addr = htonl(prefix == 0 ? 0 : ~0u << (32 - prefix));
  return ioctl(sock, SIOCSIFNETMASK, request);
}

/* MAC and address may be NULL: left as they are. The interface is up afterwards. */
int set_interface(const char *name, const char *mac, const char *address, int prefix) {
  struct ifreq request = {0};
  int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (sock < 0)
    return -1;
  snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
  int result = mac == NULL ? 0 : set_mac(sock, &request, mac);
  if (result == 0 && address != NULL)
    result = set_address(sock, &request, address, prefix);
  if (result == 0) {
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    result = ioctl(sock, SIOCSIFFLAGS, &request);
  }
  int reason = errno;
  close(sock);
  errno = reason;
  return result;
}

/* VALUE: "eth0 52:54:00:00:00:02 10.200.0.2/24" */
static int request_interface(const char *value) {
  char name[IFNAMSIZ], mac[18], address[16];
  int prefix;
  int fields = sscanf(value, "%15s %17s %15[0-9.]/%d", name, mac, address, &prefix);
  if (fields != 4 || prefix < 0 || prefix > 32) {
    errno = EINVAL;
    return -1;
  }
  return set_interface(name, mac, address, prefix);
}

/* VALUE: nanoseconds since 1970 */
static int request_clock(const char *value) {
  long long ns = atoll(value);
  struct timespec now = {ns / 1000000000LL, ns % 1000000000LL};
  return clock_settime(CLOCK_REALTIME, &now);
}

static int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  if (digit >= 'a' && digit <= 'f')
    return digit - 'a' + 10;
  return -1;
}

static int hex_bytes(const char *hex, unsigned char *bytes, int room) {
  int count = 0;
  while (count < room && hex_digit(hex[0]) >= 0 && hex_digit(hex[1]) >= 0) {
    bytes[count++] = hex_digit(hex[0]) << 4 | hex_digit(hex[1]);
    hex += 2;
  }
  return count;
}

/* VALUE: hex. The kernel must not go on giving what it gave to the other clones. */
static int request_seed(const char *value) {
  struct {
    struct rand_pool_info info;
    unsigned char bytes[64]; /* where info.buf begins */
  } pool;
  memset(&pool.info, 0, sizeof pool.info);
  pool.info.buf_size = hex_bytes(value, pool.bytes, sizeof pool.bytes);
  pool.info.entropy_count = pool.info.buf_size * 8;
  int device = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
  if (device < 0)
    return -1;
  int failed = ioctl(device, RNDADDENTROPY, &pool) < 0 || ioctl(device, RNDRESEEDCRNG, NULL) < 0;
  int reason = errno;
  close(device);
  errno = reason;
  return failed ? -1 : 0;
}

/* VALUE: "PATH MODE HEX"; the mode is octal */
static int request_file(const char *value) {
  static unsigned char bytes[REQUEST_BYTES / 2];
  char path[256];
  unsigned mode;
  int offset = 0;
  if (sscanf(value, "%255s %o %n", path, &mode, &offset) < 2) {
    errno = EINVAL;
    return -1;
  }
  int count = hex_bytes(value + offset, bytes, sizeof bytes);
  unlink(path);
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0)
    return -1;
  ssize_t written = write(file, bytes, count);
  int reason = written < 0 ? errno : ENOSPC;
  close(file);
  errno = reason;
  return written == count ? 0 : -1;
}

static int request_directory(const char *value) {
  char path[256] = "";
  snprintf(path, sizeof path, "%s", value);
  for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    mkdir(path, 0755);
    *slash = '/';
  }
  return mkdir(path, 0755) < 0 && errno != EEXIST ? -1 : 0;
}

static int request_tmpfs(const char *value) {
  if (request_directory(value) < 0)
    return -1;
  return mount("tmpfs", value, "tmpfs", 0, "mode=0755");
}

static int request_hostname(const char *value) { return sethostname(value, strlen(value)); }

static int request_ping(const char *value) {
  (void)value;
  return 0;
}

static int request_poweroff(const char *value) {
  (void)value;
  sync();
  return reboot(RB_POWER_OFF);
}

const struct request requests[] = {
    {"clock", request_clock},       {"seed", request_seed},
    {"hostname", request_hostname}, {"interface", request_interface},
    {"file", request_file},         {"directory", request_directory},
    {"tmpfs", request_tmpfs},       {"ping", request_ping},
    {"poweroff", request_poweroff}, {NULL, NULL},
};
