package org.millrace.avrorpc;

import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;

/**
 * Keeps what is in front of it running when nobody takes from it any more, until that ends by itself.
 * Pekko's TLS, when it fails, cancels what it sends before it says why to what it receives; without
 * this, whoever does both would be gone by then, and nobody would know the reason.
 */
final class UntilTheEnd<T> extends GraphStage<FlowShape<T, T>> {
    private final Inlet<T> in = Inlet.create("UntilTheEnd.in");
    private final Outlet<T> out = Outlet.create("UntilTheEnd.out");

    @Override
    public FlowShape<T, T> shape() {
        return FlowShape.of(in, out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        Logic() {
            super(UntilTheEnd.this.shape());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    T element = grab(in);
                    if (isClosed(out)) {
                        pull(in);
                    } else {
                        push(out, element);
                    }
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pull(in);
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    if (!hasBeenPulled(in) && !isClosed(in)) {
                        pull(in);
                    }
                }
            });
        }
    }
}
