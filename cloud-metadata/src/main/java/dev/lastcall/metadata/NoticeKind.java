// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

/** What a notice is about. The set is closed, because it labels metrics and is written into records. */
public enum NoticeKind {
    /** AWS takes the spot instance back: terminate, stop or hibernate. */
    SPOT_INTERRUPTION("spot-interruption"),
    /** Google or Azure preempts the VM. */
    PREEMPTION("preemption"),
    /** AWS sees a heightened risk of interruption. */
    REBALANCE("rebalance"),
    /** The provider plans work on the host or on this instance. */
    MAINTENANCE("maintenance"),
    /** The VM is frozen for seconds and goes on afterwards. */
    FREEZE("freeze"),
    /** The group, or the owner through the provider, takes this instance out. */
    SCALE_IN("scale-in"),
    /** The capacity ends at a time that was known beforehand. */
    END_OF_LIFE("end-of-life"),
    /** A configured URL or file says so. */
    EXTERNAL("external"),
    /** The operating system is shutting down. */
    OS_SHUTDOWN("os-shutdown"),
    /** An operator said so. */
    OPERATOR("operator");

    private final String label;

    NoticeKind(String label) {
        this.label = label;
    }

    /** The lower-case name in metrics, records and JSON. */
    public String label() {
        return label;
    }
}
