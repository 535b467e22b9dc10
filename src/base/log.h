/* Messages for the person at the terminal, on stderr. Called by cli and by loops at the top only: library code
 * returns errors. Control and bidirectional characters are escaped. Never given secret values.
 */
#ifndef FOTHER_BASE_LOG_H
#define FOTHER_BASE_LOG_H

enum log_level { LOG_QUIET, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level level); /* LOG_WARN at start */
enum log_level log_level(void);

/* One line: "fother: error: ...". No newline in format. */
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)

#endif
