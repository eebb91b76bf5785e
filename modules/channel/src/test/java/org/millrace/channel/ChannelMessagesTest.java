package org.millrace.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.channel.Batches.batch;

import com.typesafe.config.ConfigFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.pekko.actor.UnhandledMessage;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel.Accepted;
import org.millrace.channel.Channel.Commit;
import org.millrace.channel.Channel.Committed;
import org.millrace.channel.Channel.Full;
import org.millrace.channel.Channel.Offered;
import org.millrace.channel.Channel.Put;
import org.millrace.channel.Channel.PutIfRoom;
import org.millrace.channel.Channel.PutReply;
import org.millrace.channel.Channel.Rollback;
import org.millrace.channel.Channel.RoomAgain;
import org.millrace.channel.Channel.Take;
import org.millrace.channel.Channel.Taken;
import org.millrace.channel.Channel.TakerGone;
import org.millrace.event.Position;
import org.millrace.telemetry.Telemetry;

/** Java 17 does not check that a receive handles every permitted message; this does. */
class ChannelMessagesTest {
    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());
    private final TestProbe<Object> unhandled = kit.createTestProbe();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void shouldHandleEveryCommand() {
        Adapter.toClassic(kit.system())
                .eventStream()
                .subscribe(Adapter.toClassic(unhandled.ref()), UnhandledMessage.class);
        TestProbe<PutReply> putter = kit.createTestProbe();
        TestProbe<Taken> taker = kit.createTestProbe();
        Put put = new Put(1, batch(1), putter.ref());
        List<Channel.Command> sent = List.of(
                put,
                new PutIfRoom(batch(1)),
                new Take(1, taker.ref()),
                new Rollback(1),
                new Commit(1),
                new TakerGone(taker.ref()),
                Channel.Tick.INSTANCE);
        // Only the channel's own queue makes this one, of a put.
        Offered made = new Offered(1, put);
        assertThat(Stream.concat(sent.stream(), Stream.of(made)))
                .extracting(Object::getClass)
                .containsExactlyInAnyOrderElementsOf(leaves(Channel.Command.class));
        ActorRef<Channel.Command> channel = kit.spawn(
                Channel.create(new ChannelSettings("all", 9, 1 << 20), Telemetry.inMemory()), Channel.props());

        sent.forEach(channel::tell);
        TestProbe<Taken> last = kit.createTestProbe();
        channel.tell(new Put(2, batch(2), putter.ref()));
        channel.tell(new Take(1, last.ref()));
        last.receiveMessage();
        unhandled.ref().tell("nothing before this");
        unhandled.expectMessage("nothing before this");
    }

    private static List<Class<?>> leaves(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .flatMap(type -> type.isSealed() ? leaves(type).stream() : Stream.of(type))
                .toList();
    }

    @Test
    void shouldActOnEveryAnswerToAPut() {
        List<PutReply> samples =
                List.of(new Full("all", 1), new RoomAgain("all"), new Accepted("all", 1), new Committed("all", 1));
        assertThat(samples)
                .extracting(Object::getClass)
                .containsExactlyInAnyOrderElementsOf(Arrays.asList(PutReply.class.getPermittedSubclasses()));
        TestInbox<Channel.Command> channel = TestInbox.create();
        FanOut fanOut = new FanOut(
                Map.of("all", channel.getRef()),
                Position.START,
                TestInbox.<PutReply>create().getRef());
        fanOut.offer(batch(1).last(), Batches.into(batch(1), List.of("all")));

        samples.forEach(fanOut::on);
        assertThat(channel.getAllReceived()).hasSize(2);
        assertThat(fanOut.isIdle()).isTrue();
    }
}
