package org.millrace.topology.bench;

import static org.millrace.topology.CannotRunException.require;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.millrace.topology.Program;
import org.millrace.topology.StateDirectory;
import org.millrace.topology.feed.FedLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The program {@code millrace bench}: how fast lines get through an agent and a collector into Kafka and
 * HDFS, all on this machine, and what it costs. A good part of the lines goes through before anything is
 * measured, because a JVM that has just started tells nothing about one that has run for an hour.
 */
@Command(
        name = "millrace bench",
        mixinStandardHelpOptions = true,
        exitCodeOnExecutionException = 2,
        description = {
            "Sends lines through an agent and a collector into a real Kafka and HDFS, all on this machine, and prints"
                    + " the rate, how long each line took, the CPU time and the memory, and what Kafka and HDFS take of"
                    + " the same lines from a program that does nothing else.",
            "Ends with 1 when a store lacks a line, has one twice or one that was not fed, has a lane's lines in another"
                    + " order, or lacked lines of a file that was completed already, and when a node took more memory"
                    + " than its bound. Ends with 2 when it cannot be carried out."
        })
public final class Bench implements Callable<Integer> {
    private static final int USUAL_LINES = 5_000_000;
    private static final int SERIES_LINES = 1_000_000;

    @Option(
            names = "--lines",
            paramLabel = "N",
            description = "how many lines are measured; default: 5000000, of a series 1000000 each")
    private Integer lines;

    @Option(
            names = "--lines-per-file",
            paramLabel = "N",
            description = "so many in each file, all dropped at once; default: all of --lines in one file")
    private Integer linesPerFile;

    @Option(
            names = "--line-bytes",
            paramLabel = "N",
            defaultValue = "" + FedLine.USUAL_LENGTH,
            description = "how long each is, its end included; default: ${DEFAULT-VALUE}")
    private int lineBytes;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "hold this rate instead, in lines a second: shows how long lines take when nothing queues")
    private int rate;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "60",
            description = "with --rate: how long it is measured; default: ${DEFAULT-VALUE}")
    private int seconds;

    /** Until the JVMs have compiled what runs at this rate: before, that is most of what they do. */
    @Option(
            names = "--settle",
            paramLabel = "N",
            defaultValue = "270",
            description = "with --rate: for how many seconds it is held before; default: ${DEFAULT-VALUE}")
    private int settle;

    @Option(
            names = "--file-every",
            paramLabel = "MS",
            defaultValue = "50",
            description = "with --rate: a file for the agent each so many milliseconds; default: ${DEFAULT-VALUE}")
    private int fileEvery;

    @Option(
            names = "--series",
            paramLabel = "NAME",
            description = "measure what differs in one thing instead, and make a table and a picture of it: lanes,"
                    + " collectors, sizes or kinds; may be given more than once")
    private List<String> series = new ArrayList<>();

    @Option(
            names = "--pictures",
            paramLabel = "DIR",
            description = "with --series: where the pictures go; default: target/growth in the checkout")
    private Path pictures = Program.directory("growth");

    @Option(names = "--no-limits", description = "leave out what Kafka and HDFS take without Millrace")
    private boolean noLimits;

    @Mixin
    private SetupOptions setup = new SetupOptions();

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "where everything is kept, which needs seven times the size of the lines; emptied first;"
                    + " default: target/bench in the checkout")
    private Path directory = Program.directory("bench");

    @Option(
            names = "--json",
            description = "print the result as one JSON object, or those of series as a JSON array, and nothing else")
    private boolean json;

    private final PrintStream out = System.out;

    /** Runs the program and ends the JVM with its exit code. */
    public static void main(String[] args) {
        Program.run(new Bench(), args);
    }

    @Override
    public Integer call() {
        check();
        PrintStream chat = Program.chat(json);
        return series.isEmpty() ? measure(chat) : measureSeries(chat);
    }

    private int measureSeries(PrintStream chat) {
        List<Series> all = Series.all(setup.setup(), lines == null ? SERIES_LINES : lines);
        List<String> names = all.stream().map(Series::name).toList();
        require(names.containsAll(series), "there is no such series; there are: " + String.join(", ", names));
        List<Growth> measured = new ArrayList<>();
        for (String name : series) {
            Growth growth = Growth.measure(all.get(names.indexOf(name)), directory, chat);
            chat.println();
            chat.println(growth.table());
            chat.println("Picture: " + growth.draw(pictures));
            measured.add(growth);
        }
        if (json) {
            out.println(measured.stream()
                    .map(Growth::json)
                    .map(ObjectNode::toString)
                    .collect(Collectors.joining(",\n ", "[", "]")));
        }
        return measured.stream().allMatch(Growth::isFine) ? 0 : 1;
    }

    private int measure(PrintStream chat) {
        Load load = load();
        boolean held = rate > 0;
        try (Course course = Course.start(StateDirectory.take(directory), setup.setup(), load, held, chat)) {
            Result result = held
                    ? course.hold(new Rate(
                            rate,
                            Duration.ofMillis(fileEvery),
                            Duration.ofSeconds(settle),
                            Duration.ofSeconds(seconds)))
                    : course.load(!noLimits);
            out.println(json ? result.json() : result.text());
            return result.objections().isEmpty() ? 0 : 1;
        }
    }

    private Load load() {
        int all = lines == null ? USUAL_LINES : lines;
        int perFile = linesPerFile == null ? all : linesPerFile;
        require(
                perFile > 0 && all % perFile == 0,
                "--lines must be a multiple of --lines-per-file, which is at least 1");
        return new Load(1, all / perFile, perFile, lineBytes);
    }

    private void check() {
        require(lines == null || lines > 0, "--lines must be at least 1");
        int shortest = FedLine.shortest(Setup.FIRST_SOURCE);
        require(lineBytes >= shortest, "--line-bytes must be at least " + shortest);
        require(lineBytes <= FedLine.LONGEST, "--line-bytes must be at most " + FedLine.LONGEST);
        require(rate >= 0, "--rate must be at least 1");
        require(rate == 0 || series.isEmpty(), "--rate and --series do not go together");
        require(
                linesPerFile == null || (rate == 0 && series.isEmpty()),
                "--lines-per-file goes together neither with --rate nor with --series");
        require(seconds > 0 && fileEvery > 0, "--seconds and --file-every must be at least 1");
        require(settle >= 0, "--settle must be at least 0");
    }
}
