package org.millrace.topology;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * What a process has used.
 *
 * @param pid its process id
 * @param cpu user and system time since it started, to a hundredth of a second
 * @param peakBytes the most memory that it ever had resident (VmHWM), where the system tells it
 */
public record ProcessUse(long pid, Duration cpu, OptionalLong peakBytes) {
    /** As it is now. */
    public static ProcessUse of(long pid) {
        Duration cpu = ProcessHandle.of(pid)
                .flatMap(handle -> handle.info().totalCpuDuration())
                .orElse(Duration.ZERO);
        return new ProcessUse(pid, cpu, memory(pid, "VmHWM:"));
    }

    /** What a process has resident now, in bytes, where the system tells it. */
    public static OptionalLong resident(long pid) {
        return memory(pid, "VmRSS:");
    }

    private static OptionalLong memory(long pid, String kind) {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.exists(status)) {
            return OptionalLong.empty();
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith(kind))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException ended) {
            return OptionalLong.empty();
        }
    }

    /** What it has used since this was taken: the CPU time of that while, and the peak of its life. */
    public ProcessUse since() {
        ProcessUse now = of(pid);
        return new ProcessUse(pid, now.cpu.minus(cpu), now.peakBytes);
    }
}
