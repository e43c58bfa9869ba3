// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

/**
 * Every label of the agent's metrics. Two that mean different things are two constants, though Prometheus sees one key. The
 * values are those of an enum, or names from the configuration, the cluster or the program: never from a network peer.
 */
public enum MetricLabel {
    /** The program's version. */
    VERSION("version", "the program's version"),
    /** The Java runtime's version. */
    JAVA("java", "the Java runtime's version"),
    /** A condition's code. */
    CONDITION("condition", "which condition it is"),
    /** A condition's severity. */
    SEVERITY("severity", "how much the condition matters"),
    /** A condition's subject. */
    SUBJECT("subject", "what the condition is about, such as a source, a server or a model"),
    /** A part of the agent. */
    PART("part", "the part of the agent that failed, as in the condition `internal-fault`"),
    /** Why a call of the agent's interface was refused. */
    API_REFUSAL("reason", "why the call was refused"),
    /** A source. */
    SOURCE("source", "the source, by its built-in name or by `sources[].name`"),
    /** What a notice is about. */
    NOTICE_KIND("kind", "what the notice is about"),
    /** How a look at a source failed. */
    PROBLEM_KIND("kind", "how the look failed"),
    /** A server. */
    SERVER("server",
            "the server: `servers[].name`, its kind and port where it was found, or namespace and name of its pod"),
    /** Why a request was not let in. */
    REQUEST_REFUSAL("reason", "why the request was not let in"),
    /** What became of a door on a notice. */
    DOOR_TURN("turn", "what became of the door"),
    /** A phase of a drain. */
    DRAIN_PHASE("phase", "the phase that ended"),
    /** How a drain ended. */
    DRAIN_OUTCOME("outcome", "how the drain ended"),
    /** A model. */
    MODEL("model", "`models[].name`"),
    /** How an attempt to warm a model ended. */
    WARMUP_OUTCOME("outcome", "how the attempt ended"),
    /** Whether a file's content was compared with a digest of the store. */
    FILE_OUTCOME("outcome", "whether the store gave a digest that the file was verified by"),
    /** What a call to Kubernetes does. */
    CALL_VERB("verb", "what the call does, as RBAC names it"),
    /** How a call to Kubernetes ended. */
    CALL_OUTCOME("outcome", "how the call ended");

    private final String key;
    private final String meaning;

    MetricLabel(String key, String meaning) {
        this.key = key;
        this.meaning = meaning;
    }

    /** Its name, as Prometheus sees it. */
    public String key() {
        return key;
    }

    /** What its value says, for the docs. */
    public String meaning() {
        return meaning;
    }
}
