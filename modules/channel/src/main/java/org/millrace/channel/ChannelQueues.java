package org.millrace.channel;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/**
 * Hands each channel actor the queue that Pekko made for it: Pekko creates a mailbox before its
 * actor and gives the actor no way to reach it.
 */
final class ChannelQueues implements Extension {
    private static final Id ID = new Id();

    private final Map<ActorRef, ChannelQueue> unclaimed = new ConcurrentHashMap<>();

    private static final class Id extends ExtensionId<ChannelQueues> {
        @Override
        public ChannelQueues createExtension(ActorSystem<?> system) {
            return new ChannelQueues();
        }
    }

    static ChannelQueues get(ActorSystem<?> system) {
        return ID.apply(system);
    }

    static ChannelQueues get(org.apache.pekko.actor.ActorSystem system) {
        return get(Adapter.toTyped(system));
    }

    void offer(ActorRef owner, ChannelQueue queue) {
        unclaimed.put(owner, queue);
    }

    /** Forgets the queue of an actor that ended before it claimed it. */
    void withdraw(ActorRef owner) {
        unclaimed.remove(owner);
    }

    /** The queue of {@code owner}, once. */
    ChannelQueue claim(org.apache.pekko.actor.typed.ActorRef<?> owner) {
        ChannelQueue queue = unclaimed.remove(Adapter.toClassic(owner));
        if (queue == null) {
            throw new IllegalStateException("channel " + owner.path()
                    + " has no queue: it must be spawned with Channel.props(), and cannot be restarted");
        }
        return queue;
    }
}
