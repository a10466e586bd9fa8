/* Stands for xdg-open where there is no shell: writes its environment into the given folder. */
#include <stdio.h>

extern char **environ;

int main(int argc, char **argv) {
    char path[4096], unfinished[4096];
    if (argc != 2)
        return 1;
    snprintf(path, sizeof path, "%s/environment", argv[1]);
    snprintf(unfinished, sizeof unfinished, "%s/unfinished", argv[1]);
    FILE *file = fopen(unfinished, "w");
    if (!file)
        return 1;
    for (char **entry = environ; *entry; entry++)
        fprintf(file, "%s\n", *entry);
    return fclose(file) || rename(unfinished, path);
}
