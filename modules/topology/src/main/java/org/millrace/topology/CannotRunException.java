package org.millrace.topology;

/** Something that the user can mend; the message is one line and says how. */
public final class CannotRunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message one line that says what to do */
    public CannotRunException(String message) {
        super(message);
    }

    /** @param message one line that says what to do */
    public CannotRunException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * Goes on where {@code condition} holds.
     *
     * @param otherwise one line that says what to do
     * @throws CannotRunException where it does not
     */
    public static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new CannotRunException(otherwise);
        }
    }
}
