/* Starts the frozen program on the C library and the dynamic linker that lie beside it.
 *
 * Linked statically, because a program names its dynamic linker by an absolute path, and the one
 * of the system may be older than what we were built with. Compiled by tools/package.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *below(const char *folder, const char *name) {
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        exit(127);
    return path;
}

int main(int argc, char **argv) {
    static char folder[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
    if (length <= 0) {
        perror("rdiff-gui: /proc/self/exe");
        return 127;
    }
    *strrchr(folder, '/') = 0;
    char *linker = below(folder, "_internal/" LINKER);
    char **words = calloc((size_t)argc + 6, sizeof *words);
    if (!words)
        return 127;
    int count = 0;
    words[count++] = linker;
    words[count++] = "--library-path";
    words[count++] = below(folder, "_internal");
    /* The system's cache of libraries names the system's libraries. */
    words[count++] = "--inhibit-cache";
    words[count++] = below(folder, "rdiff-gui-bin");
    for (int i = 1; i < argc; i++)
        words[count++] = argv[i];
    execv(linker, words);
    perror(linker);
    return 127;
}
