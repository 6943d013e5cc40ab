/*
 * Stands between a program and libc (LD_PRELOAD). From the Nth change below a folder on, the disk is full or read-only, or that one
 * change fails alone; and the clock of the day jumps by an hour back and forth.
 *
 *   W2S_FAULT_BELOW   the folder
 *   W2S_FAULT_COUNT   a file of eight bytes: how many changes there have been, of all processes together
 *   W2S_FAULT_LIST    a file that gets a line for each: its number, what was called, and on which path; absent: there is none
 *   W2S_FAULT_AT      N, from 1; 0 or absent: nothing fails, but is counted
 *   W2S_FAULT_ERRNO   what it fails with; W2S_FAULT_ONCE: only that one
 *   W2S_CLOCK_JUMPS   whether the clock jumps
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static const char *below;
static long at;
static int number, once, jumps, list = -1;
static _Atomic long *count;

#define REAL(name) ({ static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name); real; })

static long value(const char *name) { const char *text = getenv(name); return text ? atol(text) : 0; }

__attribute__((constructor)) static void start(void)
{
    at = value("W2S_FAULT_AT");
    number = value("W2S_FAULT_ERRNO");
    once = value("W2S_FAULT_ONCE");
    jumps = value("W2S_CLOCK_JUMPS");
    const char *file = getenv("W2S_FAULT_COUNT");
    int descriptor = file ? REAL(open)(file, O_RDWR) : -1;
    if (descriptor < 0) return;
    void *shared = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (shared == MAP_FAILED) return;
    count = shared;
    below = getenv("W2S_FAULT_BELOW");
    const char *lines = getenv("W2S_FAULT_LIST");
    if (lines) list = REAL(open)(lines, O_WRONLY | O_APPEND | O_CREAT, 0600);
}

static int fails(const char *called, const char *path)
{
    if (!below || !path || (path[0] == '/' && strncmp(path, below, strlen(below)))) return 0;
    long now = atomic_fetch_add(count, 1) + 1;
    if (list >= 0) dprintf(list, "%ld %s %s\n", now, called, path);
    if (at == 0 || now < at || (once && now > at)) return 0;
    errno = number;
    return 1;
}

/* What is deleted frees room. */
static int fails_to_delete(const char *called, const char *path) { return number == EROFS && fails(called, path); }

static int fails_open(const char *called, int descriptor)
{
    char link[64], path[PATH_MAX];
    if (!below) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return path[0] == '/' && fails(called, path);
}

#define OPEN(name)                                                                              \
    int name(const char *path, int flags, ...)                                                  \
    {                                                                                           \
        va_list rest;                                                                           \
        va_start(rest, flags);                                                                  \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                 \
        va_end(rest);                                                                           \
        if ((flags & (O_CREAT | O_WRONLY | O_RDWR)) && fails(#name, path)) return -1;           \
        return REAL(name)(path, flags, mode);                                                   \
    }
OPEN(open)
OPEN(open64)

#define CHANGE(type, name, parameters, arguments, failing) \
    type name parameters { return failing ? -1 : REAL(name) arguments; }
CHANGE(ssize_t, write, (int file, const void *bytes, size_t size), (file, bytes, size), fails_open("write", file))
CHANGE(ssize_t, pwrite, (int file, const void *bytes, size_t size, off_t place), (file, bytes, size, place), fails_open("pwrite", file))
CHANGE(ssize_t, pwrite64, (int file, const void *bytes, size_t size, off64_t place), (file, bytes, size, place), fails_open("pwrite64", file))
CHANGE(ssize_t, writev, (int file, const struct iovec *parts, int parts_count), (file, parts, parts_count), fails_open("writev", file))
CHANGE(ssize_t, pwritev, (int file, const struct iovec *parts, int parts_count, off_t place), (file, parts, parts_count, place), fails_open("pwritev", file))
CHANGE(ssize_t, pwritev64, (int file, const struct iovec *parts, int parts_count, off64_t place), (file, parts, parts_count, place), fails_open("pwritev64", file))
CHANGE(ssize_t, sendfile, (int to, int from, off_t *place, size_t size), (to, from, place, size), fails_open("sendfile", to))
CHANGE(ssize_t, sendfile64, (int to, int from, off64_t *place, size_t size), (to, from, place, size), fails_open("sendfile64", to))
CHANGE(int, ftruncate, (int file, off_t size), (file, size), fails_open("ftruncate", file))
CHANGE(int, ftruncate64, (int file, off64_t size), (file, size), fails_open("ftruncate64", file))
CHANGE(int, fallocate64, (int file, int mode, off64_t place, off64_t size), (file, mode, place, size), fails_open("fallocate64", file))
CHANGE(int, fsync, (int file), (file), fails_open("fsync", file))
CHANGE(int, rename, (const char *from, const char *to), (from, to), fails("rename", to))
CHANGE(int, link, (const char *from, const char *to), (from, to), fails("link", to))
CHANGE(int, symlink, (const char *from, const char *to), (from, to), fails("symlink", to))
CHANGE(int, mkdir, (const char *path, mode_t mode), (path, mode), fails("mkdir", path))
CHANGE(int, unlink, (const char *path), (path), fails_to_delete("unlink", path))
CHANGE(int, rmdir, (const char *path), (path), fails_to_delete("rmdir", path))

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static _Atomic unsigned asked;
    int result = REAL(clock_gettime)(clock, now);
    if (jumps && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += 3600 * ((int)(asked++ / 7 % 3) - 1);
    return result;
}
