// Story: a process with a running instance forks, and its child becomes another program, which makes instances itself.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "story.h"

static void wait_for(pid_t child, const char *what) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) give_up("no child");
  printf("%s: ended by itself %d, exit code %d\n", what, WIFEXITED(status), WEXITSTATUS(status));
}

int main(int argc, char **argv) {
  if (argc > 1) {
    Tox *tox = make_instance(2, 0);
    for (int i = 0; i < 10; i++) tox_iterate(tox, NULL);
    printf("the child has an instance, with %zu friends\n", tox_self_get_friend_list_size(tox));
    tox_kill(tox);
    return 7;
  }
  Tox *tox = make_instance(1, 0);
  for (int i = 0; i < 10; i++) tox_iterate(tox, NULL);
  for (int round = 0; round < 3; round++) {
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      execl("/proc/self/exe", argv[0], "child", (char *)NULL);
      _exit(1);
    }
    tox_iterate(tox, NULL);
    wait_for(child, "fork and exec");
    tox_iterate(tox, NULL);
  }
  const pid_t child = fork();
  if (child == 0) _exit(3);
  wait_for(child, "fork alone");
  fflush(stdout);
  printf("a shell: %d\n", WEXITSTATUS(system("exit 5")));
  for (int i = 0; i < 10; i++) tox_iterate(tox, NULL);
  STEP(Tox_Err_Set_Info, tox_self_set_name(tox, bytes_of("still here"), 10, &error));
  tox_kill(tox);
  return 0;
}
