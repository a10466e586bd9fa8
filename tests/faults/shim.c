/* Disturbs the system calls of a process: the N-th of a kind, of all its threads together.

   The kernel itself hands the calls over (seccomp, SECCOMP_RET_TRAP), so it does not matter who
   makes them or how: the interpreter, librsync, malloc, a function found with dlsym. Each is
   counted where it concerns the watched folder, and then done, done in part, refused, or preceded
   by a signal. Threads cannot be started from a signal handler, so for these pthread_create stands
   before the C library's own.

   Loaded with LD_PRELOAD. `faults_arm` begins; with RDIFF_FAULTS_PAGE in the environment, the name
   of a file that holds a struct page, loading begins. Only for x86-64. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#if !defined(__x86_64__)
#error "the registers and numbers of system calls below are those of x86-64"
#endif

enum kind {
    READ, PREAD, WRITE, PWRITE, OPEN, FSYNC, FDATASYNC, RENAME, LINK, UNLINK, TRUNCATE, ALLOCATE,
    COPY, IOCTL, SEEK, CLOSE, MEMORY, STAT, ROOM, LOCK, MODE, OWNER, ATTRIBUTE, DUPLICATE, CLONE,
    KINDS
};

/* As the campaign's cases name them. */
static const char *const NAMES[KINDS] = {
    "read", "pread64", "write", "pwrite64", "openat", "fsync", "fdatasync", "rename", "link",
    "unlink", "ftruncate", "fallocate", "copy_file_range", "ioctl", "lseek", "close", "mmap",
    "stat", "fstatfs", "flock", "fchmod", "fchown", "setxattr", "fcntl", "clone",
};

/* Which arguments tell whether a call concerns the folder. */
enum where { NOWHERE, BY_FD, BY_TWO_FDS, BY_PATH, BY_TWO_PATHS, BY_FD_PATH, BY_TWO_FD_PATHS };

static const struct call { int number; enum kind kind; enum where where; } CALLS[] = {
    {SYS_read, READ, BY_FD},
    {SYS_readv, READ, BY_FD},
    {SYS_pread64, PREAD, BY_FD},
    {SYS_preadv, PREAD, BY_FD},
    {SYS_preadv2, PREAD, BY_FD},
    {SYS_write, WRITE, BY_FD},
    {SYS_writev, WRITE, BY_FD},
    {SYS_pwrite64, PWRITE, BY_FD},
    {SYS_pwritev, PWRITE, BY_FD},
    {SYS_pwritev2, PWRITE, BY_FD},
    {SYS_open, OPEN, BY_PATH},
    {SYS_openat, OPEN, BY_FD_PATH},
    {SYS_openat2, OPEN, BY_FD_PATH},
    {SYS_fsync, FSYNC, BY_FD},
    {SYS_syncfs, FSYNC, BY_FD},
    {SYS_fdatasync, FDATASYNC, BY_FD},
    {SYS_rename, RENAME, BY_TWO_PATHS},
    {SYS_renameat, RENAME, BY_TWO_FD_PATHS},
    {SYS_renameat2, RENAME, BY_TWO_FD_PATHS},
    {SYS_link, LINK, BY_TWO_PATHS},
    {SYS_linkat, LINK, BY_TWO_FD_PATHS},
    {SYS_unlink, UNLINK, BY_PATH},
    {SYS_unlinkat, UNLINK, BY_FD_PATH},
    {SYS_truncate, TRUNCATE, BY_PATH},
    {SYS_ftruncate, TRUNCATE, BY_FD},
    {SYS_fallocate, ALLOCATE, BY_FD},
    {SYS_copy_file_range, COPY, BY_TWO_FDS},
    {SYS_sendfile, COPY, BY_TWO_FDS},
    {SYS_ioctl, IOCTL, BY_FD},
    {SYS_lseek, SEEK, BY_FD},
    {SYS_close, CLOSE, BY_FD},
    {SYS_mmap, MEMORY, NOWHERE},
    {SYS_mremap, MEMORY, NOWHERE},
    {SYS_brk, MEMORY, NOWHERE},
    {SYS_stat, STAT, BY_PATH},
    {SYS_lstat, STAT, BY_PATH},
    {SYS_fstat, STAT, BY_FD},
    {SYS_newfstatat, STAT, BY_FD_PATH},
    {SYS_statx, STAT, BY_FD_PATH},
    {SYS_access, STAT, BY_PATH},
    {SYS_faccessat, STAT, BY_FD_PATH},
    {SYS_readlink, STAT, BY_PATH},
    {SYS_readlinkat, STAT, BY_FD_PATH},
    {SYS_statfs, ROOM, BY_PATH},
    {SYS_fstatfs, ROOM, BY_FD},
    {SYS_flock, LOCK, BY_FD},
    {SYS_chmod, MODE, BY_PATH},
    {SYS_fchmod, MODE, BY_FD},
    {SYS_fchmodat, MODE, BY_FD_PATH},
    {SYS_chown, OWNER, BY_PATH},
    {SYS_lchown, OWNER, BY_PATH},
    {SYS_fchown, OWNER, BY_FD},
    {SYS_fchownat, OWNER, BY_FD_PATH},
    {SYS_setxattr, ATTRIBUTE, BY_PATH},
    {SYS_lsetxattr, ATTRIBUTE, BY_PATH},
    {SYS_fsetxattr, ATTRIBUTE, BY_FD},
    {SYS_getxattr, ATTRIBUTE, BY_PATH},
    {SYS_lgetxattr, ATTRIBUTE, BY_PATH},
    {SYS_fgetxattr, ATTRIBUTE, BY_FD},
    {SYS_listxattr, ATTRIBUTE, BY_PATH},
    {SYS_llistxattr, ATTRIBUTE, BY_PATH},
    {SYS_flistxattr, ATTRIBUTE, BY_FD},
    {SYS_removexattr, ATTRIBUTE, BY_PATH},
    {SYS_fremovexattr, ATTRIBUTE, BY_FD},
    {SYS_utimensat, ATTRIBUTE, BY_FD_PATH},
    {SYS_fcntl, DUPLICATE, BY_FD},
    {SYS_dup, DUPLICATE, BY_FD},
};
#define CALL_COUNT (sizeof CALLS / sizeof *CALLS)

enum action { NOTHING, REFUSE, CUT_SHORT, SIGNAL };

/* Shared with the campaign, which knows the same layout (injection.py). */
struct page {
    int32_t kind;      /* which calls are struck; -1 for those of all kinds that concern the folder */
    int32_t nth;       /* from 1 */
    int32_t onwards;   /* whether all later ones are struck as well */
    int32_t action;
    int32_t value;     /* the errno, the most bytes, or the signal */
    int32_t streams;   /* whether descriptors 0 and 1 count as the folder's */
    int32_t poor;      /* whether the folder's disk has no links, no nameless files, no attributes */
    int32_t struck;    /* how often it happened */
    int32_t total;     /* calls that concerned the folder */
    int32_t counts[KINDS];
    char folder[512];  /* the real path, without a slash at its end */
    char what[512];    /* the path or link of what was struck first */
};

static struct page *page;

/* --- calls that are not looked at --------------------------------------------------------------- */

long faults_call(long number, ...);
extern const char faults_call_returns[];
__asm__(".text\n"
        ".globl faults_call\n"
        ".type faults_call, @function\n"
        "faults_call:\n"
        "  mov %rdi, %rax\n"
        "  mov %rsi, %rdi\n"
        "  mov %rdx, %rsi\n"
        "  mov %rcx, %rdx\n"
        "  mov %r8, %r10\n"
        "  mov %r9, %r8\n"
        "  mov 8(%rsp), %r9\n"
        "  syscall\n"
        ".globl faults_call_returns\n"
        "faults_call_returns:\n"
        "  ret\n"
        ".size faults_call, . - faults_call\n");

/* --- what a call concerns ----------------------------------------------------------------------- */

static int begins_with(const char *text, const char *start) {
    while (*start)
        if (*text++ != *start++)
            return 0;
    return 1;
}

static int is_inside(const char *path) {
    return page->folder[0] && begins_with(path, page->folder);
}

static void note(char *name, const char *path) {
    size_t at = 0;
    for (; path[at] && at < sizeof page->what - 1; at++)
        name[at] = path[at];
    name[at] = 0;
}

static int concerns_fd(int fd, char *name) {
    char link[] = "/proc/self/fd/          ", digits[12];
    size_t at = sizeof "/proc/self/fd/" - 1, count = 0;
    if (fd < 0)
        return 0;
    if (page->streams && fd <= 1) {
        note(name, fd ? "standard output" : "standard input");
        return 1;
    }
    unsigned left = (unsigned)fd;
    do
        digits[count++] = (char)('0' + left % 10);
    while (left /= 10);
    while (count)
        link[at++] = digits[--count];
    link[at] = 0;
    long size = faults_call(SYS_readlink, link, name, sizeof page->what - 1);
    name[size < 0 ? 0 : size] = 0;
    return size > 0 && is_inside(name);
}

static int concerns_path(int fd, const char *path, char *name) {
    if (!path || !*path)
        return concerns_fd(fd, name);
    if (*path == '/') {
        note(name, path);
        return is_inside(path);
    }
    if (fd == AT_FDCWD) {
        note(name, path);
        return 1;
    }
    return concerns_fd(fd, name);
}

static int concerns_folder(enum where where, const long *argument, char *name) {
    switch (where) {
    case NOWHERE:
        name[0] = 0;
        return 1;
    case BY_FD:
        return concerns_fd((int)argument[0], name);
    case BY_TWO_FDS:
        return concerns_fd((int)argument[0], name) || concerns_fd((int)argument[1], name) ||
               concerns_fd((int)argument[2], name);
    case BY_PATH:
        return concerns_path(AT_FDCWD, (const char *)argument[0], name);
    case BY_TWO_PATHS:
        return concerns_path(AT_FDCWD, (const char *)argument[0], name) ||
               concerns_path(AT_FDCWD, (const char *)argument[1], name);
    case BY_FD_PATH:
        return concerns_path((int)argument[0], (const char *)argument[1], name);
    case BY_TWO_FD_PATHS:
        return concerns_path((int)argument[0], (const char *)argument[1], name) ||
               concerns_path((int)argument[2], (const char *)argument[3], name);
    }
    return 0;
}

/* --- the blow ----------------------------------------------------------------------------------- */

/* Count a call; whether it is to be struck. */
static int is_struck(enum kind kind, const char *name) {
    int32_t count = __atomic_add_fetch(&page->counts[kind], 1, __ATOMIC_SEQ_CST);
    /* Memory and threads concern no folder, and depend on chance. */
    if (kind != MEMORY && kind != CLONE) {
        int32_t total = __atomic_add_fetch(&page->total, 1, __ATOMIC_SEQ_CST);
        if (page->kind == -1)
            count = total;
    }
    if (page->action == NOTHING || (page->kind != -1 && page->kind != (int32_t)kind))
        return 0;
    if (page->kind == -1 && (kind == MEMORY || kind == CLONE))
        return 0;
    if (count != page->nth && !(page->onwards && count > page->nth))
        return 0;
    if (__atomic_fetch_add(&page->struck, 1, __ATOMIC_SEQ_CST) == 0)
        note(page->what, name);
    return 1;
}

/* Do a call on fewer bytes than were asked for. */
static long cut_short(int number, long *argument) {
    struct iovec part;
    size_t most = (size_t)page->value;
    switch (number) {
    case SYS_readv: case SYS_writev: case SYS_preadv: case SYS_preadv2: case SYS_pwritev:
    case SYS_pwritev2:
        if (argument[2] > 0) {
            part = *(const struct iovec *)argument[1];
            if (part.iov_len > most)
                part.iov_len = most;
            argument[1] = (long)&part;
            argument[2] = 1;
        }
        break;
    case SYS_read: case SYS_write: case SYS_pread64: case SYS_pwrite64:
        if ((size_t)argument[2] > most)
            argument[2] = (long)most;
        break;
    case SYS_copy_file_range:
        if ((size_t)argument[4] > most)
            argument[4] = (long)most;
        break;
    case SYS_sendfile:
        if ((size_t)argument[3] > most)
            argument[3] = (long)most;
        break;
    }
    return faults_call(number, argument[0], argument[1], argument[2], argument[3], argument[4],
                       argument[5]);
}

static long perform(int number, const long *argument) {
    return faults_call(number, argument[0], argument[1], argument[2], argument[3], argument[4],
                       argument[5]);
}

static long strike(int number, long *argument) {
    switch (page->action) {
    case CUT_SHORT:
        return cut_short(number, argument);
    case SIGNAL:
        faults_call(SYS_kill, faults_call(SYS_getpid), page->value);
        return perform(number, argument);
    default:
        /* Linux closes a descriptor even when it says that it failed. */
        if (number == SYS_close)
            perform(number, argument);
        /* Nor has brk an errno: it tells where the end still is. */
        return number == SYS_brk ? faults_call(SYS_brk, 0L) : -(long)page->value;
    }
}

/* What a disk like those of memory sticks says; 0 where it has what is asked for. */
static int refuse_as_poor(const struct call *call, const long *argument) {
    switch (call->number) {
    case SYS_open:
        return (argument[1] & O_TMPFILE) == O_TMPFILE ? EOPNOTSUPP : 0;
    case SYS_openat:
        return (argument[2] & O_TMPFILE) == O_TMPFILE ? EOPNOTSUPP : 0;
    case SYS_link: case SYS_linkat:
        return EPERM;
    case SYS_renameat2:
        return argument[4] ? EINVAL : 0;
    case SYS_copy_file_range:
        return EXDEV;
    case SYS_utimensat:
        return 0;
    default:
        return call->kind == ATTRIBUTE ? EOPNOTSUPP : 0;
    }
}

static void on_trap(int signal, siginfo_t *trap, void *context) {
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    long argument[6] = {registers[REG_RDI], registers[REG_RSI], registers[REG_RDX],
                        registers[REG_R10], registers[REG_R8], registers[REG_R9]};
    char name[sizeof page->what];
    const struct call *call = CALLS;
    (void)signal;
    while (call < CALLS + CALL_COUNT - 1 && call->number != trap->si_syscall)
        call++;
    int concerns = concerns_folder(call->where, argument, name), refusal;
    if (concerns && is_struck(call->kind, name))
        registers[REG_RAX] = strike(trap->si_syscall, argument);
    else if (concerns && page->poor && (refusal = refuse_as_poor(call, argument)))
        registers[REG_RAX] = -refusal;
    else
        registers[REG_RAX] = perform(trap->si_syscall, argument);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *given) {
    static int (*really)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (!really)
        really = (int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(
            RTLD_NEXT, "pthread_create");
    if (page && is_struck(CLONE, "a thread") && page->action == REFUSE)
        return page->value;
    return really(thread, attributes, start, given);
}

/* --- for the campaign --------------------------------------------------------------------------- */

/* The name of a kind, NULL behind the last. */
const char *faults_kind_name(int kind) {
    return kind >= 0 && kind < KINDS ? NAMES[kind] : NULL;
}

size_t faults_page_bytes(void) {
    return sizeof(struct page);
}

/* Begin, for this process and its threads, for good; 0, or an errno. */
int faults_arm(struct page *shared) {
    struct sigaction catch = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_NODEFER};
    struct sock_filter filter[CALL_COUNT + 16];
    uint64_t own = (uint64_t)(uintptr_t)faults_call_returns;
    size_t at = 0, each;
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                offsetof(struct seccomp_data, arch));
    filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[at++] = (struct sock_filter)BPF_STMT(
        BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer));
    filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)own, 0, 3);
    filter[at++] = (struct sock_filter)BPF_STMT(
        BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4);
    filter[at++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(own >> 32), 0, 1);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                offsetof(struct seccomp_data, nr));
    for (each = 0; each < CALL_COUNT; each++)
        filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                                    (uint32_t)CALLS[each].number,
                                                    (uint8_t)(CALL_COUNT - each), 0);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    struct sock_fprog program = {.len = (unsigned short)at, .filter = filter};
    page = shared;
    if (sigaction(SIGSYS, &catch, NULL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program))
        return errno;
    return 0;
}

/* A program that is started instead of forked: begin when it is loaded. */
__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("RDIFF_FAULTS_PAGE");
    int fd = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *shared = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    /* At the first call glibc maps memory for these with all signals blocked, SIGSYS too. */
    char number;
    if (shared == MAP_FAILED || getrandom(&number, 1, 0) != 1 || faults_arm(shared))
        abort();
}
