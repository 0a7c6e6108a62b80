/* What runs besides PID 1: the services of the role, and one sshd for each connection. */
#define _GNU_SOURCE
#include "guest.h"
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SSH_PORT = 22, SSH_BACKLOG = 64 };

static pid_t run(char *const command[], int input) {
  pid_t child = fork();
  if (child != 0)
    return child;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setsid();
  if (input >= 0) {
    dup2(input, 0);
    dup2(input, 1);
  }
  execv(command[0], command);
  console("cannot run %s: %s", command[0], strerror(errno));
  _exit(127);
}

/* Read before the root disk is entered, because the scripts stay in the initramfs. NULL when there is none. */
char *read_role(void) {
  char path[600];
  const char *name = parameter("role");
  snprintf(path, sizeof path, "/roles/%s", name[0] == 0 ? "plain" : name);
  return read_file(path);
}

/* An empty script is ready at once, without a process; -1 then, and when there is no such role. */
pid_t start_role(const char *script) {
  if (script == NULL) {
    tell("error role: this guest image has no role \"%s\"", parameter("role"));
    return -1;
  }
  if (script[0] == 0) {
    event("ready");
    return -1;
  }
  char *const command[] = {"/bin/sh", "-c", (char *)script, NULL};
  return run(command, -1);
}

int listen_for_ssh(void) {
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(SSH_PORT)};
  int yes = 1, sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(sock, (struct sockaddr *)&any, sizeof any) < 0 || listen(sock, SSH_BACKLOG) < 0)
    fatal("listen for SSH");
  return sock;
}

void accept_ssh(int listener) {
  char *const sshd[] = {"/usr/sbin/sshd", "-i", "-f", "/run/strata/sshd_config", NULL};
  int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (connection < 0)
    return;
  run(sshd, connection);
  close(connection);
}

/* Everything that ended; when the role's script is among it, the host is told how it went. */
void reap(pid_t role) {
  int status;
  for (pid_t child; (child = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (child != role)
      continue;
    if (status == 0)
      event("ready");
    else
      tell("error role: its services did not start (status %d)",
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  }
}
