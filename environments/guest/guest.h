/* What the parts of PID 1 know of each other; init.c says what it is for. */
#ifndef GUEST_H
#define GUEST_H
#include <sys/types.h>

/* boot.c: from the kernel to the root disk */
void console(const char *format, ...);
void fatal(const char *what);
char *read_file(const char *path);
const char *parameter(const char *name);
void pause_ms(int ms);
void mount_kernel_filesystems(void);
void load_modules(void);
void enter_root_disk(void);
void mount_the_rest(void);
void mount_further_disks(void);

/* host.c: words to and from the host */
int open_host_port(void);
void tell(const char *format, ...);
void event(const char *name);
void hear_host(void);

/* identity.c: what a request changes in the guest */
struct request {
  const char *key;
  int (*apply)(const char *value); /* negative with errno when it failed */
};
extern const struct request requests[];
int set_interface(const char *name, const char *mac, const char *address, int prefix);

/* services.c: what runs besides PID 1 */
enum { REQUEST_BYTES = 65536 };
char *read_role(void);
pid_t start_role(const char *script);
int listen_for_ssh(void);
void accept_ssh(int listener);
void reap(pid_t role);

#endif
