/* A disk that fails when told to: while the file named by REMIT_TEST_FAULT holds "full", nothing more can be written; while it holds
   "sync", nothing reaches the disk. Loaded in front of the C library into a process of its own. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <fcntl.h>
#include <unistd.h>

static int told(const char *fault) {
    const char *path = getenv("REMIT_TEST_FAULT");
    char word[16] = {0};
    int file;
    if (path == NULL || (file = open(path, O_RDONLY)) < 0) return 0;
    ssize_t length = read(file, word, sizeof word - 1);
    close(file);
    return length > 0 && strncmp(word, fault, strlen(fault)) == 0;
}

int fsync(int file) {
    int (*real)(int) = (int (*)(int)) dlsym(RTLD_NEXT, "fsync");
    if (told("sync")) { errno = EIO; return -1; }
    return real(file);
}

int fdatasync(int file) {
    int (*real)(int) = (int (*)(int)) dlsym(RTLD_NEXT, "fdatasync");
    if (told("sync")) { errno = EIO; return -1; }
    return real(file);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    ssize_t (*real)(int, const void *, size_t, off64_t) = (ssize_t (*)(int, const void *, size_t, off64_t)) dlsym(RTLD_NEXT, "pwrite64");
    if (told("full")) { errno = ENOSPC; return -1; }
    return real(file, bytes, count, at);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
    ssize_t (*real)(int, const void *, size_t, off_t) = (ssize_t (*)(int, const void *, size_t, off_t)) dlsym(RTLD_NEXT, "pwrite");
    if (told("full")) { errno = ENOSPC; return -1; }
    return real(file, bytes, count, at);
}
