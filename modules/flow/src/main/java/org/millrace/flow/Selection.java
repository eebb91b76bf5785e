package org.millrace.flow;

public record Selection(java.util.List<String> required, java.util.List<String> optional) {}
