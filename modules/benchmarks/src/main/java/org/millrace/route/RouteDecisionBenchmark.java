package org.millrace.route;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.millrace.benchmarks.AverageTime;
import org.millrace.event.LaneId;
import org.millrace.route.CollectorView.Membership;
import org.millrace.route.CollectorView.Path;
import org.millrace.route.CollectorView.Readiness;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The choice of a lane's collector; the time is that of one decision. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouteDecisionBenchmark extends AverageTime {
    private static final int TIERS = 2;

    @Param({"2", "16"})
    private int collectors;

    private final LaneId lane = new LaneId("node01", "weblogs", "c1");
    private List<CollectorView> views;
    private Optional<CollectorId> current;

    @Setup
    public void prepare() {
        views = IntStream.range(0, collectors)
                .mapToObj(i -> new CollectorView(
                        new CollectorId("pekko://millrace@10.0.0." + i + ":2552", i),
                        10 - i % TIERS,
                        Membership.MEMBER,
                        true,
                        Path.ALIVE,
                        Readiness.READY))
                .toList();
        current = Optional.of(views.get(0).id());
    }

    @Benchmark
    public Optional<CollectorId> decide() {
        return RouteDecision.decide(views, lane, current);
    }
}
