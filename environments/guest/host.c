/*
 * The serial port to the host, named "strata": events and answers out, requests in.
 *
 * To the host, one line each:  event NAME NS   (CLOCK_BOOTTIME, nanoseconds)
 *                              ok NS REALTIME_NS   |   error WORDS
 * Events, in this order: kernel, disk, listening (SSH), ready (the role's services answer).
 * From the host, a request is lines "KEY VALUE" (the keys: identity.c) ended by an empty line; it is answered
 * by one ok, or by one error and nothing of it after the failing line is done.
 */
#define _GNU_SOURCE
#include "guest.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { EARLY_EVENTS = 8 };

static int host = -1; /* -1 until it is open */

static struct {
  const char *name;
  long long at_ns;
} early[EARLY_EVENTS];
static int early_count;

static long long now_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

void tell(const char *format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line - 1, format, arguments);
  va_end(arguments);
  if (length < 0)
    return;
  if (length > (int)sizeof line - 2)
    length = sizeof line - 2;
  line[length++] = '\n';
  for (int sent = 0; host >= 0 && sent < length;) {
    ssize_t count = write(host, line + sent, length - sent);
    if (count < 0 && errno != EINTR && errno != EAGAIN)
      return;
    if (count > 0)
      sent += count;
  }
}

/* What happens before the port is open is kept until it is. */
void event(const char *name) {
  long long at_ns = now_ns(CLOCK_BOOTTIME);
  if (host >= 0)
    tell("event %s %lld", name, at_ns);
  else if (early_count < EARLY_EVENTS) {
    early[early_count].name = name;
    early[early_count++].at_ns = at_ns;
  }
}

static int open_port_named(const char *wanted) {
  int port = -1;
  DIR *ports = opendir("/sys/class/virtio-ports");
  for (struct dirent *entry; ports != NULL && port < 0 && (entry = readdir(ports)) != NULL;) {
    char path[300];
    snprintf(path, sizeof path, "/sys/class/virtio-ports/%s/name", entry->d_name);
    char *name = read_file(path);
    if (name != NULL && strcmp(name, wanted) == 0) {
      snprintf(path, sizeof path, "/dev/%s", entry->d_name);
      port = open(path, O_RDWR | O_CLOEXEC);
    }
    free(name);
  }
  if (ports != NULL)
    closedir(ports);
  return port;
}

/* The port's descriptor, for polling; -1 when there is none. */
int open_host_port(void) {
  host = open_port_named("strata\n");
  if (host < 0)
    console("no serial port to the host");
  for (int i = 0; host >= 0 && i < early_count; i++)
    tell("event %s %lld", early[i].name, early[i].at_ns);
  return host;
}

/* One line of a request; false after an error was told. */
static int apply(char *line) {
  char *value = strchr(line, ' ');
  if (value != NULL)
    *value++ = 0;
  for (const struct request *request = requests; request->key != NULL; request++) {
    if (strcmp(line, request->key) != 0)
      continue;
    if (request->apply(value == NULL ? "" : value) >= 0)
      return 1;
    tell("error %s: %s", line, strerror(errno));
    return 0;
  }
  tell("error %s: no such request", line);
  return 0;
}

static void hear_line(char *line) {
  static int failed;
  if (line[0] != 0) {
    if (!failed)
      failed = !apply(line);
    return;
  }
  if (!failed)
    tell("ok %lld %lld", now_ns(CLOCK_BOOTTIME), now_ns(CLOCK_REALTIME));
  failed = 0;
}

/* Call when the port can be read. Whole lines are done, the rest waits for its end. */
void hear_host(void) {
  static char buffer[REQUEST_BYTES];
  static int used;
  ssize_t count = read(host, buffer + used, sizeof buffer - 1 - used);
  if (count <= 0) {
    pause_ms(10);
    return;
  }
  used += count;
  buffer[used] = 0;
  char *line = buffer;
  for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
    *end = 0;
    hear_line(line);
  }
  used -= line - buffer;
  memmove(buffer, line, used);
  if (used == sizeof buffer - 1) {
    used = 0;
    tell("error request: longer than %d bytes", REQUEST_BYTES);
  }
}
