// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.conditions;

/**
 * Every condition that the agent can report. The page docs/conditions.md is generated from this list.
 *
 * <p>A new one needs: an owner that raises and clears it on the {@link ConditionBoard}, a test, and the page renewed.
 */
public enum ConditionCode {
    /** Nothing is watched. */
    NO_SOURCE("no-source", Severity.CRITICAL, "node", "No source of notices is watched, so no notice can be seen.",
            "Set `cloud:` to the cloud of this node, or name a source under `sources:`."),
    /** Sources are there, and none of them has answered lately. */
    NO_GOOD_POLL("no-good-poll", Severity.CRITICAL, "node",
            "No source that can carry a final notice has answered lately, so a notice would be missed.",
            "See the problem of each source in `lastcall status`, and restore the way to the metadata service."),
    /** One source does not answer. */
    SOURCE_BLIND("source-blind", Severity.WARNING, "the source",
            "The source has given no definite answer for too long; its notices would be missed.",
            "Follow the source's problem in `lastcall status`."),
    /** One source does not look any more. */
    SOURCE_ENDED("source-ended", Severity.CRITICAL, "the source",
            "The source does not look any more, although the agent runs; its notices would be missed.",
            "Restart the agent. This is a fault of Lastcall: report it with the log."),
    /** A notice whose time had passed before it was first seen. */
    STALE_NOTICE("stale-notice", Severity.WARNING, "the notice",
            "The notice's time had passed long before it was first seen, and the node lives: it is not acted on.",
            "Nothing to do if the provider failed to take the node back. Else type `lastcall drain`."),
    /** Detection of the cloud goes on. */
    CLOUD_UNKNOWN("cloud-unknown", Severity.WARNING, "node",
            "No cloud has been detected; detection goes on.",
            "Set `cloud:` to the cloud of this node, or to `none` where there is none."),
    /** A configured server does not answer. */
    SERVER_DOWN("server-down", Severity.CRITICAL, "the server",
            "The server does not answer, and nothing shows that it is starting.",
            "Start the server, or correct `servers[].url`."),
    /** A server is not up yet. */
    SERVER_STARTING("server-starting", Severity.INFO, "the server", "The server is starting and does not serve yet.",
            "Nothing to do; wait until it serves."),
    /** The gates cannot take all clients. */
    GATES_FULL("gates-full", Severity.WARNING, "memory or descriptors",
            "The gates hold as much for their clients as they may, so new clients wait or get 503.",
            "Find the clients that hold so many connections; or raise the heap in `LASTCALL_JAVA_OPTS`, or `LimitNOFILE`."),
    /** A gate has no certificate. */
    CERTIFICATE_UNUSABLE("certificate-unusable", Severity.CRITICAL, "the server",
            "The gate has no certificate that can be used, so no client can connect by TLS.",
            "Correct the files of `servers[].gate.tls`; the agent reads them again within a minute."),
    /** A gate's certificate is about to end. */
    CERTIFICATE_ENDS("certificate-ends", Severity.WARNING, "the server",
            "The gate's certificate ends soon or has ended, or its new one cannot be used; the one before is shown.",
            "Put a new certificate with its key into the files of `servers[].gate.tls`; the agent reads them again within a "
                    + "minute."),
    /** There is nothing to drain. */
    NO_SERVER("no-server", Severity.WARNING, "node",
            "No server is configured and none was found, so nothing is drained.",
            "Name the server under `servers:`, or start it on one of `discovery.ports`."),
    /** Requests in flight cannot be counted. */
    SERVER_UNOBSERVABLE("server-unobservable", Severity.WARNING, "the server",
            "The server's requests in flight cannot be counted, so its drain waits by time alone.",
            "Put a gate in front of it, or configure `servers[].gauge`."),
    /** A door is closed without a reason that still holds. */
    DOOR_CLOSED("door-closed", Severity.CRITICAL, "the server",
            "The server's door is closed although no notice is active.",
            "Start the server again; the door opens when it answers. Or type `lastcall reopen SERVER`."),
    /** A drain from before a restart of the agent waits. */
    DRAIN_UNCONFIRMED("drain-unconfirmed", Severity.WARNING, "the server",
            "The agent was restarted in mid-drain after the deadline; the server is not stopped until a source confirms the "
                    + "notice.",
            "Wait for a poll of the source, or type `lastcall undrain` or `lastcall drain` for a drain by hand."),
    /** The agent may not stop a server. */
    CANNOT_STOP("cannot-stop", Severity.CRITICAL, "the server", "The agent cannot stop the server.",
            "Give the agent the right to stop it, or correct `servers[].stop`; until then it is killed with the node."),
    /** A directory cannot be written. */
    CANNOT_WRITE("cannot-write", Severity.WARNING, "the configuration key", "A directory cannot be written.",
            "Give the agent's user the right to write it."),
    /** A model is not there. */
    MODEL_NOT_WARM("model-not-warm", Severity.WARNING, "the model",
            "The model could not be warmed; it is tried again.",
            "Follow the reason in `lastcall models`; a server that needs the model waits for it."),
    /** Strangers could put files where the agent believes them. */
    UNTRUSTED_DIRECTORY("untrusted-directory", Severity.WARNING, "the configuration key",
            "Other users can put files into a directory whose files the agent believes.",
            "Name a directory of root's or of the agent's user that no other user may write; in one that all may write, name a "
                    + "new folder below it, which the agent makes for itself."),
    /** A secret is readable. */
    SECRET_READABLE("secret-readable", Severity.WARNING, "the file",
            "Every user of the node can read a secret of the agent.",
            "Type `chmod o= FILE`, or move the secret into a file of its own by the key with `File` behind it, such as "
                    + "`api.tokenFile`; in a pod, set `defaultMode: 0440` of the Secret."),
    /** The control socket is not there. */
    NO_CONTROL_SOCKET("no-control-socket", Severity.WARNING, "api.socket",
            "The control socket could not be opened; drain and undrain by hand do not work.",
            "Make the directory of `api.socket` writable for the agent."),
    /** The deadline has passed and the node lives. */
    OVERDUE("overdue", Severity.INFO, "the deadline", "The deadline has passed and the node still runs.",
            "Nothing to do; the doors stay closed until the notice is withdrawn."),
    /** A part of the agent has failed. */
    INTERNAL_FAULT("internal-fault", Severity.WARNING, "the part of the agent",
            "A part of the agent failed unexpectedly and was started again.",
            "This is a fault of Lastcall: report it with the log."),
    /** The pods of the node are not known. */
    PODS_UNKNOWN("pods-unknown", Severity.CRITICAL, "kubernetes", "The pods of this node cannot be followed.",
            "Restore the way to the API server; until then the last known pods are drained."),
    /** The cluster refuses what the agent needs. */
    FORBIDDEN("forbidden", Severity.CRITICAL, "the permission", "The API server refuses a call that the agent needs.",
            "Grant the permission as k8s/daemonset.yaml does, or turn off what needs it."),
    /** A mark on the node could not be set or removed. */
    UNMARKED("unmarked", Severity.WARNING, "the mark", "A mark on the node could not be brought up to date.",
            "No drain waits for it; it is tried again."),
    /** A pod's annotations are wrong. */
    BAD_ANNOTATION("bad-annotation", Severity.WARNING, "the pod", "An annotation of the pod cannot be understood.",
            "Correct the annotation; until then the pod is drained by the defaults."),
    /** A pod has a device that may be an accelerator. */
    UNKNOWN_ACCELERATOR("unknown-accelerator", Severity.WARNING, "the pod",
            "The pod requests an extended resource that is not known as an accelerator, so it is not drained.",
            "Add the resource to `kubernetes.pods.resources`, or to `kubernetes.pods.otherResources` where it is no accelerator; or "
                    + "annotate the pod `lastcall.dev/drain`.");

    private final String label;
    private final Severity severity;
    private final String subject;
    private final String sentence;
    private final String remedy;

    ConditionCode(String label, Severity severity, String subject, String sentence, String remedy) {
        this.label = label;
        this.severity = severity;
        this.subject = subject;
        this.sentence = sentence;
        this.remedy = remedy;
    }

    /** The name in JSON, metrics, logs and docs, such as {@code source-blind}. */
    public String label() {
        return label;
    }

    /** How much it matters. */
    public Severity severity() {
        return severity;
    }

    /** What kind of thing it concerns, for the docs. */
    public String subject() {
        return subject;
    }

    /** What it means, as one sentence. */
    public String sentence() {
        return sentence;
    }

    /** What to do about it where its owner knows nothing better, as one sentence. */
    public String remedy() {
        return remedy;
    }

    /** Where the docs explain it. */
    public String anchor() {
        return "docs/conditions.md#" + label;
    }
}
