/*
 * PID 1 of a guest: from the kernel to a node that can be reached, without a service manager, so that what
 * runs in the guest is what runs in a container: the workload and nothing else.
 *
 * It loads the drivers the kernel keeps as modules, mounts the root disk, runs the services of the guest's
 * role, answers SSH connections (one sshd each, as inetd does), reaps orphans, and listens on a virtio serial
 * port to the host (host.c). Over that port a clone learns who it is. All of that happens in this one resident
 * process: under software emulation each fork and exec costs some 100 ms, and a snapshot of many guests would
 * pay it in each.
 *
 * Kernel parameters:  strata.role=NAME             a script in /roles, or "plain"
 *                     strata.mount=vdb:/a/b,vdc:/c  further ext4 disks, mounted before the role starts
 */
#define _GNU_SOURCE
#include "guest.h"
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <unistd.h>

static void on_child(int number) { (void)number; }

/* A child's end interrupts the wait in main, and only that. */
static void hold_child_signals(void) {
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  signal(SIGCHLD, on_child);
}

/* What every service and login starts with: a login shell's variables, a service manager's file limits. */
static void set_environment(void) {
  struct rlimit files = {1024, 524288};
  setrlimit(RLIMIT_NOFILE, &files);
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  setenv("HOME", "/root", 1);
  setenv("LANG", "C.UTF-8", 1);
}

int main(void) {
  mount_kernel_filesystems();
  event("kernel");
  if (strcmp(parameter("role"), "probe") == 0)
    reboot(RB_POWER_OFF);
  load_modules();
  char *script = read_role();
  enter_root_disk();
  mount_the_rest();
  mount_further_disks();
  event("disk");

  hold_child_signals();
  set_environment();
  int host = open_host_port();
  set_interface("lo", NULL, "127.0.0.1", 16);
  int listener = listen_for_ssh();
  event("listening");
  pid_t role = start_role(script);

  sigset_t none;
  sigemptyset(&none);
  for (;;) {
    struct pollfd sources[] = {{listener, POLLIN, 0}, {host, POLLIN, 0}};
    int count = ppoll(sources, 2, NULL, &none);
    reap(role);
    if (count <= 0)
      continue;
    if (sources[0].revents & POLLIN)
      accept_ssh(listener);
    if (sources[1].revents & POLLIN)
      hear_host();
    else if (sources[1].revents & POLLHUP)
      pause_ms(20);
  }
}
