/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in for libFuzzer where it is not linked: runs every file of the
 * folders that are named through the fuzz target, each in a heap block of its
 * exact size. A folder that is missing or empty is an error: a corpus that was
 * lost must not look like one that passed.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
    struct stat st;
    uint8_t *data = NULL;
    int result = -1;
    FILE *file = fopen(path, "rb");

    if (file == NULL || fstat(fileno(file), &st) != 0)
        goto done;
    if (!S_ISREG(st.st_mode)) {
        result = 0;
        goto done;
    }
    data = malloc((size_t)st.st_size); /* may be NULL for no bytes, as libFuzzer does it */
    if (st.st_size > 0 && (data == NULL || fread(data, (size_t)st.st_size, 1, file) != 1))
        goto done;
    (void)LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
    result = 1;
done:
    if (result < 0)
        perror(path);
    free(data);
    if (file != NULL)
        (void)fclose(file);
    return result;
}

/* How many files were run; -1 after an error. */
static int run_folder(const char *folder)
{
    struct dirent **names;
    int count = 0;
    const int found = scandir(folder, &names, NULL, alphasort);

    if (found < 0) {
        perror(folder);
        return -1;
    }
    for (int i = 0; i < found; i++) {
        char path[4096];
        const int len = snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);

        if (count >= 0) {
            const int ran = len < (int)sizeof path ? run_file(path) : -1;
            count = ran < 0 ? -1 : count + ran;
        }
        free(names[i]);
    }
    free(names);
    return count;
}

int main(int argc, char **argv)
{
    int total = 0;

    for (int i = 1; i < argc; i++) {
        const int count = run_folder(argv[i]);

        if (count < 0)
            return 1;
        total += count;
    }
    (void)printf("%d inputs\n", total);
    return total > 0 ? 0 : 1;
}
