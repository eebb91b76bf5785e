package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.delivery.Samples.batch;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.actor.UnhandledMessage;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.event.LaneId;

/** Java 17 does not check that a receive handles every permitted message; this does. */
class DeliveryMessagesTest extends ReceiverSteps {
    private static final Receivers.LaneKey LANE = new Receivers.LaneKey(new LaneId("node01", "weblogs", "c1"), 7);

    private final TestProbe<Object> unhandled = kit.createTestProbe();
    private final TestProbe<Delivery.Greeting> greeter = kit.createTestProbe();

    @BeforeEach
    void listen() {
        Adapter.toClassic(kit.system())
                .eventStream()
                .subscribe(Adapter.toClassic(unhandled.ref()), UnhandledMessage.class);
    }

    @Test
    void shouldHandleEveryMessageToTheFrontDoor() {
        channel("kafka", 9);
        List<Receivers.Command> sent = List.of(
                new Delivery.Greet(greeter.ref()),
                new Delivery.OpenLane(LANE.lane(), LANE.incarnation(), 1, agent.ref()),
                new Receivers.Ready(true),
                new Receivers.LaneIdle(LANE),
                new Receivers.LetGo(LANE),
                new Receivers.Drain(kit.<Receivers.Drained>createTestProbe().ref()),
                new Receivers.ReceiverDrained(LANE));
        assertCatalogued(Receivers.Command.class, sent, "Stop", "ReceiverGone", "ChannelGone", "Tick", "Remind");
        ActorRef<Receivers.Command> receivers = receivers(PLENTY);

        // Twice, so that each comes before the drain and after it.
        sent.forEach(receivers::tell);
        sent.forEach(receivers::tell);
        greeter.receiveSeveralMessages(2);
        kit.stop(channels.get("kafka"));
        agent.expectTerminated(receivers);
        assertNothingUnhandled();
    }

    @Test
    void shouldHandleEveryMessageToAReceiverInEverySession() {
        channel("kafka", 9);
        TestProbe<Receivers.Command> owner = kit.createTestProbe();
        TestProbe<Receivers.ReceiverDrained> drained = kit.createTestProbe();
        List<Receiver.Command> sent = List.of(
                new Delivery.Deliver(1, 1, batch(0, 1)),
                new Delivery.Enquire(1, 1),
                new Receiver.Open(1, agent.ref()),
                new Receiver.Window(99),
                new Delivery.Deliver(1, 1, batch(0, 1)),
                new Delivery.Enquire(1, 1),
                Receiver.LetGo.INSTANCE,
                Receiver.Remind.INSTANCE,
                new Receiver.Drain(drained.ref()),
                new Delivery.CloseLane(1));
        assertCatalogued(Receiver.Command.class, sent, "FromChannel", "AgentGone");
        ActorRef<Receiver.Command> receiver = kit.spawn(Receiver.create(
                LANE, Samples.inlet(channels), PLENTY, new Standstill(System::nanoTime), telemetry, owner.ref()));

        // Twice, so that each comes while it drains, too; the channel's answers come in between.
        sent.forEach(receiver::tell);
        commit("kafka", take("kafka"));
        drained.receiveMessage();
        owner.expectMessage(new Receivers.LaneIdle(LANE));
        sent.forEach(receiver::tell);
        drained.receiveMessage();
        owner.expectMessage(new Receivers.LaneIdle(LANE));
        TestProbe<Delivery.ToLane> dies = kit.createTestProbe();
        receiver.tell(new Receiver.Open(2, dies.ref()));
        dies.expectMessageClass(Delivery.LaneOpened.class);
        dies.stop();
        owner.expectMessage(new Receivers.LaneIdle(LANE));
        receiver.tell(Receiver.LetGo.INSTANCE);
        agent.expectTerminated(receiver);
        assertNothingUnhandled();
    }

    /** All of {@code protocol} is among {@code sent}, or is {@code provoked} without being sent. */
    private static void assertCatalogued(Class<?> protocol, List<?> sent, String... provoked) {
        assertThat(Stream.concat(sent.stream().map(each -> each.getClass().getSimpleName()), Stream.of(provoked))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(
                        permitted(protocol).map(Class::getSimpleName).toList());
    }

    private static Stream<Class<?>> permitted(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(each -> permitted(each))
                : Stream.of(type);
    }

    private void assertNothingUnhandled() {
        unhandled.ref().tell("nothing before this");
        unhandled.expectMessage("nothing before this");
    }
}
