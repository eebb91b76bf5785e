package org.millrace.flow;

public interface Selector {
    Selection select(org.millrace.event.EventBatch b);
}
