package org.millrace.route;

/**
 * What one agent knows of one collector.
 *
 * @param id which run of which collector
 * @param priority higher is better; collectors of the same priority are a tier
 * @param membership what the cluster says about its place in it
 * @param reachable what the cluster says about reaching it; the verdict of a single observer, so a
 *     suspicion and no more
 * @param path what this agent itself hears of it
 * @param readiness its own word about its stores and its plans, and for how long it has said so
 */
public record CollectorView(
        CollectorId id, int priority, Membership membership, boolean reachable, Path path, Readiness readiness) {

    /** What the cluster says about a member's place in it. */
    public enum Membership {
        /** Not in yet. */
        JOINING,
        /** Up, or weakly up, which it can at most become while a dead member is still listed. */
        MEMBER,
        /** Leaving, exiting or down: it will not come back as this run. */
        GOING
    }

    /** This agent's own evidence about its path to the collector. */
    public enum Path {
        /** No answer was ever heard, and none is long overdue. */
        UNKNOWN,
        /** Answers come. */
        ALIVE,
        /** An answer is overdue. */
        LATE,
        /** Nothing has come for so long that the path counts as broken, whatever the cluster says. */
        BROKEN
    }

    /** What a collector says about itself; but for {@link #SETTLING}, which an agent makes of it. */
    public enum Readiness {
        /** Its stores answer. */
        READY,
        /**
         * Its stores have answered for a moment only: it has just started, or woken up, and has its hands full. No
         * lane should leave another collector for it yet.
         */
        SETTLING,
        /** At least one of its stores does not answer, or did not until just now. */
        WAITING,
        /** It is about to stop: it finishes what it has and takes nothing new. */
        DRAINING
    }

    /**
     * Whether messages get through. The cluster's suspicion needs this agent's own evidence as a
     * second witness; a broken path needs no other.
     */
    public boolean alive() {
        return path == Path.ALIVE || (path == Path.LATE && reachable);
    }

    /** Whether a lane can be delivered to it. A collector that is going needs no second witness. */
    public boolean usable() {
        return membership == Membership.MEMBER && readiness != Readiness.DRAINING && alive();
    }

    /** Whether it is usable or may be soon, as the same run: nothing says that it is not. */
    public boolean mayBecomeUsable() {
        return membership != Membership.GOING && readiness != Readiness.DRAINING && path != Path.BROKEN;
    }

    /** Whether it is usable and its stores have answered for a while. */
    public boolean ready() {
        return usable() && readiness == Readiness.READY;
    }

    /** Whether it is usable and its stores answer, be it since a moment ago. */
    public boolean storesAnswer() {
        return ready() || (usable() && readiness == Readiness.SETTLING);
    }
}
