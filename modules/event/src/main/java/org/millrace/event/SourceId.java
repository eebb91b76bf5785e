package org.millrace.event;

/**
 * Names a source and one life of its positions. A source that has lost its state starts to count its
 * positions anew; its new incarnation tells everybody not to compare them with the old ones.
 *
 * @param name the source's name, unique on its agent
 * @param incarnation drawn at random when the source's state is created, and kept with it
 */
public record SourceId(String name, long incarnation) {
    public SourceId {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a source needs a name");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
