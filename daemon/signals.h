// Signals: SIGINT and SIGTERM as a flag that long work looks at.

#pragma once

namespace holdfast {

/// Installs handlers for SIGINT and SIGTERM and ignores SIGPIPE. Call once,
/// before any thread is made. A second SIGINT or SIGTERM ends the process at
/// once, for a user who does not want to wait.
void InstallSignalHandlers();

/// True once a signal has asked us to stop. Cheap; any thread.
bool StopRequested();

}  // namespace holdfast
