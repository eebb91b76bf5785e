package org.millrace.channel;

import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.millrace.telemetry.Telemetry;

class ChannelTest extends ChannelContract {
    @Override
    protected ActorRef<Channel.Command> spawn(ActorTestKit kit, ChannelSettings settings, Telemetry telemetry) {
        return kit.spawn(Channel.create(settings, telemetry), settings.name(), Channel.props());
    }
}
