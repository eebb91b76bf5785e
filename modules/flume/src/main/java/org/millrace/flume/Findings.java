package org.millrace.flume;

import java.util.ArrayList;
import java.util.List;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigProblems;

/** What is to be said about a Flume file, collected while it is read and translated. Not thread-safe. */
final class Findings {
    private final List<Notice> notices = new ArrayList<>();
    private final List<Notice> ofImport = new ArrayList<>();
    private final ConfigProblems problems = new ConfigProblems();

    /** Notes that a property was taken otherwise than written. */
    void notice(Property property, String taken, String why) {
        notices.add(new Notice(property.where(), property.key(), property.shown(), taken, why));
    }

    void notice(Notice notice) {
        notices.add(notice);
    }

    /** Notes what the settings notice as well when they are read, so that only an import need say it. */
    void noticeOfImport(Notice notice) {
        ofImport.add(notice);
    }

    /** Notes a mistake, which keeps the node from starting. */
    void problem(Property property, String message) {
        problem(property.where(), property.key(), message);
    }

    void problem(String where, String key, String message) {
        problems.add(new ConfigProblem(where, key, message));
    }

    List<Notice> notices() {
        return List.copyOf(notices);
    }

    List<Notice> noticesOfImport() {
        return List.copyOf(ofImport);
    }

    ConfigProblems problems() {
        return problems;
    }
}
