package org.millrace.clusterconfig;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.DowningProvider;
import scala.Option;
import scala.concurrent.duration.FiniteDuration;
import scala.jdk.javaapi.OptionConverters;

/**
 * Takes members out of the cluster that have been out of reach of all others for a time, by the rule of
 * {@link Sides}, and now and then an end of one of the {@link BrokenLinks}. Named in {@code
 * millrace-cluster.conf}; Pekko makes it.
 *
 * <p>It is not Pekko's split brain resolver because that downs both ends of a broken link, and with them
 * a healthy collector that a single agent does not reach.
 */
public final class LargerSideStays extends DowningProvider {
    private static final String PATIENCE = "pekko.cluster.larger-side-stays.patience";

    private final Duration patience;

    /** What Pekko calls. */
    public LargerSideStays(ActorSystem system) {
        super();
        this.patience = system.settings().config().getDuration(PATIENCE);
    }

    /** None: nothing here is run on one node only and would have to end first. */
    @Override
    public FiniteDuration downRemovalMargin() {
        return scala.concurrent.duration.Duration.Zero();
    }

    @Override
    public Option<Props> downingActorProps() {
        return OptionConverters.toScala(Optional.of(Adapter.props(() -> Downing.create(patience))));
    }
}
