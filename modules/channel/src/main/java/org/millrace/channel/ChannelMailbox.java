package org.millrace.channel;

import com.typesafe.config.Config;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.dispatch.MailboxType;
import org.apache.pekko.dispatch.MessageQueue;
import org.apache.pekko.dispatch.ProducesMessageQueue;
import scala.Option;

/**
 * The mailbox of a {@link Channel}: named in {@code reference.conf}, chosen by {@link
 * Channel#props()}. Pekko's own bounded mailboxes drop what does not fit to dead letters, or block
 * the sender's thread; a {@link ChannelQueue} answers the sender instead.
 */
public final class ChannelMailbox implements MailboxType, ProducesMessageQueue<ChannelQueue> {
    /** Where {@code reference.conf} names this mailbox. */
    static final String CONFIG_PATH = "millrace.channel.pekko-mailbox";

    /** Called by Pekko, which needs exactly these parameters. */
    public ChannelMailbox(ActorSystem.Settings settings, Config config) {}

    @Override
    public MessageQueue create(Option<ActorRef> owner, Option<ActorSystem> system) {
        if (owner.isEmpty() || system.isEmpty()) {
            throw new IllegalArgumentException("a channel mailbox belongs to one actor");
        }
        ChannelQueues queues = ChannelQueues.get(system.get());
        ActorRef actor = owner.get();
        ChannelQueue queue = new ChannelQueue(System::nanoTime, () -> queues.withdraw(actor));
        queues.offer(actor, queue);
        return queue;
    }
}
