/* From the kernel to the root disk: file systems, drivers, parameters. */
#define _GNU_SOURCE
#include "guest.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { DISK_WAIT_MS = 20000 };

void console(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "strata-init: ");
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  va_end(arguments);
}

void fatal(const char *what) {
  console("cannot %s: %s", what, strerror(errno));
  sync();
  reboot(RB_POWER_OFF);
  _exit(1);
}

void pause_ms(int ms) {
  struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};
  nanosleep(&pause, NULL);
}

/* All of a file with a zero after it, to be freed; NULL when it cannot be opened. */
char *read_file(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL)
    return NULL;
  size_t size = 0, room = 4096;
  char *text = malloc(room);
  for (size_t count; (count = fread(text + size, 1, room - size - 1, file)) > 0;) {
    size += count;
    if (room - size < 2)
      text = realloc(text, room *= 2);
  }
  fclose(file);
  text[size] = 0;
  return text;
}

/* The value of strata.NAME= on the kernel's command line, or an empty string; valid until the next call. */
const char *parameter(const char *name) {
  static char value[512];
  char key[64];
  char *line = read_file("/proc/cmdline");
  snprintf(key, sizeof key, "strata.%s=", name);
  const char *found = line == NULL ? NULL : strstr(line, key);
  value[0] = 0;
  if (found != NULL)
    sscanf(found + strlen(key), "%511s", value);
  free(line);
  return value;
}

static void mount_at(const char *type, const char *target, unsigned long flags, const char *options) {
  mkdir(target, 0755);
  if (mount(type, target, type, flags, options) < 0 && errno != EBUSY)
    console("cannot mount %s on %s: %s", type, target, strerror(errno));
}

void mount_kernel_filesystems(void) {
  mount_at("devtmpfs", "/dev", MS_NOSUID, "mode=0755");
  mount_at("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "");
  mount_at("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, "");
  int terminal = open("/dev/console", O_RDWR);
  for (int i = 0; terminal >= 0 && i < 3; i++)
    dup2(terminal, i);
}

void load_modules(void) {
  char *order = read_file("/modules/order");
  for (char *name = order == NULL ? NULL : strtok(order, "\n"); name != NULL; name = strtok(NULL, "\n")) {
    char path[256];
    snprintf(path, sizeof path, "/modules/%s", name);
    int module = open(path, O_RDONLY | O_CLOEXEC);
    if (module < 0 || (syscall(SYS_finit_module, module, "", 0) < 0 && errno != EEXIST))
      console("cannot load %s: %s", name, strerror(errno));
    if (module >= 0)
      close(module);
  }
  free(order);
}

static void wait_for_disk(const char *device) {
  for (int waited_ms = 0; access(device, F_OK) < 0; waited_ms += 5) {
    if (waited_ms > DISK_WAIT_MS) {
      console("no disk %s", device);
      fatal("find a disk");
    }
    pause_ms(5);
  }
}

void enter_root_disk(void) {
  wait_for_disk("/dev/vda");
  mkdir("/disk", 0755);
  if (mount("/dev/vda", "/disk", "ext4", MS_NOATIME, "") < 0)
    fatal("mount the root disk");
  const char *moved[] = {"/dev", "/proc", "/sys"};
  for (int i = 0; i < 3; i++) {
    char target[32];
    snprintf(target, sizeof target, "/disk%s", moved[i]);
    mkdir(target, 0755);
    if (mount(moved[i], target, NULL, MS_MOVE, NULL) < 0)
      fatal("move a mount into the root disk");
  }
  if (chdir("/disk") < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0)
    fatal("enter the root disk");
}

static void link_to(const char *target, const char *path) {
  if (symlink(target, path) < 0 && errno != EEXIST)
    console("cannot make %s: %s", path, strerror(errno));
}

void mount_the_rest(void) {
  mount_at("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755");
  mount_at("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777");
  mount_at("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "mode=0620,gid=5,ptmxmode=0666");
  mount_at("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777");
  mount_at("cgroup2", "/sys/fs/cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, "");
  mkdir("/run/sshd", 0755);
  mkdir("/run/lock", 0755);
  mkdir("/run/strata", 0700);
  link_to("/proc/self/fd", "/dev/fd");
  link_to("/proc/self/fd/0", "/dev/stdin");
  link_to("/proc/self/fd/1", "/dev/stdout");
  link_to("/proc/self/fd/2", "/dev/stderr");
}

/* strata.mount=vdb:/var/lib/docker,vdc:/data. A guest without a disk it was promised is not the guest asked for. */
void mount_further_disks(void) {
  char wanted[512], device[64];
  snprintf(wanted, sizeof wanted, "%s", parameter("mount"));
  for (char *disk = strtok(wanted, ","); disk != NULL; disk = strtok(NULL, ",")) {
    char *target = strchr(disk, ':');
    if (target == NULL) {
      errno = EINVAL;
      fatal("read the parameter strata.mount");
    }
    *target++ = 0;
    snprintf(device, sizeof device, "/dev/%s", disk);
    wait_for_disk(device);
    mkdir(target, 0755);
    if (mount(device, target, "ext4", MS_NOATIME, "") < 0) {
      console("cannot mount %s on %s", device, target);
      fatal("mount a further disk");
    }
  }
}
