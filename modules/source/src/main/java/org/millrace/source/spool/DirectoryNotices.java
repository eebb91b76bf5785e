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
 * Tells what has come into directories, as soon as the operating system does. There is one for all sources of an actor
 * system, because what it takes is scarce: on Linux a user may have 128 of inotify's instances
 * ({@code fs.inotify.max_user_instances}).
 *
 * <p>A notice is a hint and no promise. A network file system tells nothing of what others do, and what was listened
 * to stays the same directory when it is renamed. Whoever listens must look for itself now and then.
 *
 * <p>The service asks the system for one directory after the other: a file system that hangs then holds up all who
 * ask for notices, so nobody should ask for those of one that may be another machine's.
 *
 * <p>Thread-safe. Has a thread of its own, and the system's watch service another, which wait most of the time.
 */
final class DirectoryNotices implements Closeable {
    /** Hears of one directory. Is called on the notices' thread, and must not block. */
    interface Listener {
        /**
         * Something has come into the directory, by whatever way.
         *
         * @param name its name; empty when there was too much to tell, or the directory itself has gone
         */
        void arrived(Optional<Path> name);
    }

    /** That somebody listens to a directory. */
    final class Registration implements Closeable {
        private final WatchKey key;
        private final Listener listener;

        private Registration(WatchKey key, Listener listener) {
            this.key = key;
            this.listener = listener;
        }

        /** Whether there may be more to hear: not when the directory was deleted, or nothing is told any more. */
        boolean isValid() {
            return key.isValid();
        }

        /** Ends it; what is being told may still be heard. */
        @Override
        public void close() {
            if (end(this)) {
                try {
                    key.cancel();
                } catch (ClosedWatchServiceException e) {
                    LOG.debug("ended already");
                }
            }
        }

        private void tell(Optional<Path> name) {
            try {
                listener.arrived(name);
            } catch (RuntimeException e) {
                LOG.error("a source did not take the notice of a file, and will find it at its next look", e);
            }
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectorySource.class);

    private final WatchService service;
    /** Two sources may share a directory, and what tells of it. Guarded by this. */
    private final Map<WatchKey, Set<Registration>> registrations = new HashMap<>();

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
     * @throws java.nio.file.FileSystemException when the directory is not there, or cannot be read
     * @throws IOException when the system does not tell of this directory
     */
    Registration listen(Path directory, Listener listener) throws IOException {
        start();
        // Takes as long as the file system does, and all others who ask the service wait for it.
        WatchKey key = directory.register(service, StandardWatchEventKinds.ENTRY_CREATE);
        Registration registration = new Registration(key, listener);
        synchronized (this) {
            registrations.computeIfAbsent(key, unknown -> new LinkedHashSet<>()).add(registration);
        }
        return registration;
    }

    private synchronized void start() {
        if (!started) {
            started = true;
            Thread thread = new Thread(this::run, "millrace-directory-notices");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Whether it was the last one with its key. */
    private synchronized boolean end(Registration registration) {
        Set<Registration> of = registrations.get(registration.key);
        boolean last = of != null && of.remove(registration) && of.isEmpty();
        if (last) {
            registrations.remove(registration.key);
        }
        return last;
    }

    private void run() {
        try {
            while (true) {
                WatchKey key = service.take();
                List<WatchEvent<?>> events = key.pollEvents();
                boolean gone = !key.reset();
                for (Registration registration : registrationsOf(key, gone)) {
                    if (gone) {
                        registration.tell(Optional.empty());
                    }
                    events.forEach(event -> registration.tell(nameIn(event)));
                }
            }
        } catch (ClosedWatchServiceException closed) {
            LOG.debug("no more notices of directories");
        } catch (InterruptedException | RuntimeException e) {
            LOG.error("no more notices of directories; sources look for files each poll-interval from now on", e);
        } finally {
            close();
        }
    }

    private synchronized List<Registration> registrationsOf(WatchKey key, boolean gone) {
        Set<Registration> of = gone ? registrations.remove(key) : registrations.get(key);
        return of == null ? List.of() : List.copyOf(of);
    }

    private static Optional<Path> nameIn(WatchEvent<?> event) {
        return event.context() instanceof Path name ? Optional.of(name) : Optional.empty();
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
