package org.millrace.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what has come into directories, as soon as the operating system does. One for all sources of an actor
 * system, because what it takes is scarce: on Linux a user may have 128 of inotify's instances
 * ({@code fs.inotify.max_user_instances}).
 *
 * <p>A notice is a hint and no promise. A network file system tells nothing of what others do, and a directory that
 * was renamed is told of under its new name. Whoever listens must look for itself now and then.
 *
 * <p>Thread-safe. Has one thread of its own, which waits most of the time.
 */
final class DirectoryNotices implements Extension, Closeable {
    /** Hears of one directory. Is called on the notices' thread, and must not block. */
    interface Listener {
        /**
         * Something has come into the directory, by whatever way.
         *
         * @param name its name; empty when there was too much to tell, or the directory itself has gone
         */
        void arrived(Optional<String> name);
    }

    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectorySource.class);

    private final WatchService service;
    /** Two sources may share a directory, and what tells of it. Guarded by this. */
    private final Map<WatchKey, Set<Listener>> listeners = new HashMap<>();

    private boolean started;

    /** @throws IOException when the system has no more of what it takes */
    DirectoryNotices() throws IOException {
        this.service = FileSystems.getDefault().newWatchService();
    }

    /** The actor system's own, if it can have one; that it cannot was logged. Ends with the system. */
    static Optional<DirectoryNotices> of(ActorSystem system) {
        return OfSystem.ID.get(system).notices;
    }

    /**
     * Begins to tell {@code listener} what comes into a directory; not what comes into its subdirectories.
     *
     * @return what ends it
     * @throws IOException when the system does not tell of this directory
     */
    synchronized Closeable listen(Path directory, Listener listener) throws IOException {
        if (!started) {
            started = true;
            Thread thread = new Thread(this::run, "millrace-directory-notices");
            thread.setDaemon(true);
            thread.start();
        }
        WatchKey key = directory.register(service, StandardWatchEventKinds.ENTRY_CREATE);
        listeners.computeIfAbsent(key, unknown -> new LinkedHashSet<>()).add(listener);
        return () -> end(key, listener);
    }

    private synchronized void end(WatchKey key, Listener listener) {
        Set<Listener> of = listeners.get(key);
        if (of != null && of.remove(listener) && of.isEmpty()) {
            listeners.remove(key);
            key.cancel();
        }
    }

    private void run() {
        try {
            while (true) {
                WatchKey key = service.take();
                List<WatchEvent<?>> events = key.pollEvents();
                boolean gone = !key.reset();
                for (Listener listener : listenersOf(key, gone)) {
                    if (gone) {
                        listener.arrived(Optional.empty());
                    }
                    events.forEach(event -> tell(listener, event));
                }
            }
        } catch (ClosedWatchServiceException closed) {
            LOG.debug("no more notices of directories");
        } catch (InterruptedException | RuntimeException e) {
            LOG.error("no more notices of directories; sources look for files each poll-interval from now on", e);
        }
    }

    private synchronized List<Listener> listenersOf(WatchKey key, boolean gone) {
        Set<Listener> of = gone ? listeners.remove(key) : listeners.get(key);
        return of == null ? List.of() : List.copyOf(of);
    }

    private static void tell(Listener listener, WatchEvent<?> event) {
        listener.arrived(event.context() instanceof Path name ? Optional.of(name.toString()) : Optional.empty());
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            LOG.warn("the notices of directories cannot be ended: {}", IoReason.of(e));
        }
    }

    private static final class OfSystem implements Extension {
        static final Id ID = new Id();

        private final Optional<DirectoryNotices> notices;

        OfSystem(ExtendedActorSystem system) {
            this.notices = create();
            notices.ifPresent(made -> system.registerOnTermination(made::close));
        }

        private static Optional<DirectoryNotices> create() {
            try {
                return Optional.of(new DirectoryNotices());
            } catch (IOException e) {
                LOG.warn(
                        "the system does not tell of new files ({}); they are looked for each poll-interval. Raise"
                                + " fs.inotify.max_user_instances and start again to have them noticed at once",
                        IoReason.of(e));
                return Optional.empty();
            }
        }

        private static final class Id extends AbstractExtensionId<OfSystem> {
            @Override
            public OfSystem createExtension(ExtendedActorSystem system) {
                return new OfSystem(system);
            }
        }
    }
}
