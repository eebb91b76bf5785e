package org.millrace.flow;

public interface InterceptorChain {
    java.util.Optional<org.millrace.event.EventBatch> intercept(org.millrace.event.EventBatch b);
}
